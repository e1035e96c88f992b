import type { KindMapOf } from '../values/kinds.ts'
import type { Image } from './image.ts'

/**
 * What a value is when it is asked for by kind: `load(id, 'IMAGE')` gives an {@link Image}, `'INT'` a number, `'BIGINT'` a
 * bigint, `'FLOAT'` a number, `'STRING'` and `'COMBO'` a string, `'BOOLEAN'` a boolean, `'MASK'` a Mask, `'LATENT'` a Latent.
 */
export type KindMap = KindMapOf<Image>
