import type { Latent } from './latent.ts'
import type { Mask } from './mask.ts'

/**
 * The kinds that a value can be asked for by, and what each gives. `Image` is left open here, since images need more
 * than a page has; `KindMap` of src/image closes it.
 */
export interface KindMapOf<Image> {
  STRING: string
  /** A whole number that JavaScript holds exactly, else `INT_UNSAFE`. */
  INT: number
  /** A whole number of any size. */
  BIGINT: bigint
  FLOAT: number
  BOOLEAN: boolean
  /** The chosen option. */
  COMBO: string
  IMAGE: Image
  MASK: Mask
  LATENT: Latent
}

/** The name of a kind. */
export type Kind = keyof KindMapOf<unknown>

/** All kinds there are. */
export const KINDS: readonly Kind[] = [
  'STRING',
  'INT',
  'BIGINT',
  'FLOAT',
  'BOOLEAN',
  'COMBO',
  'IMAGE',
  'MASK',
  'LATENT',
]
