import type { Image } from '../image/image.ts'
import type { KindMapOf } from '../values/kinds.ts'
import type { Audio } from './audio.ts'
import type { Video } from './video.ts'

/**
 * What a value is when it is asked for by kind: `load(id, 'IMAGE')` gives an {@link Image}, `'AUDIO'` an {@link Audio},
 * `'VIDEO'` a {@link Video}, `'INT'` a number, `'BIGINT'` a bigint, `'FLOAT'` a number, `'STRING'` and `'COMBO'` a string,
 * `'BOOLEAN'` a boolean, `'MASK'` a Mask, `'LATENT'` a Latent, `'SIGMAS'` a Tensor, `'CONDITIONING'` pairs of a Tensor and
 * options, and the kinds of objects (`'MESH'`, `'CLIP_VISION_OUTPUT'`, …) a ComfyObject.
 */
export type KindMap = KindMapOf<{ Image: Image; Audio: Audio; Video: Video }>
