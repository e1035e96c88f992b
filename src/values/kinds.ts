import type { ComfyObject } from './comfy-object.ts'
import type { Conditioning } from './conditioning.ts'
import type { Latent } from './latent.ts'
import type { Mask } from './mask.ts'
import type { Tensor } from './tensor.ts'

/** The classes that read and write files. They are left open here, since that needs more than a page has. */
export interface FileClasses {
  Image: unknown
  Audio: unknown
  Video: unknown
}

/** The kinds that a value can be asked for by, and what each gives. `KindMap` of src/media closes it. */
export interface KindMapOf<Classes extends FileClasses> {
  STRING: string
  /** A whole number that JavaScript holds exactly, else `INT_UNSAFE`. */
  INT: number
  /** A whole number of any size. */
  BIGINT: bigint
  FLOAT: number
  BOOLEAN: boolean
  /** The chosen option. */
  COMBO: string
  IMAGE: Classes['Image']
  MASK: Mask
  LATENT: Latent
  AUDIO: Classes['Audio']
  VIDEO: Classes['Video']
  /** A float tensor [steps + 1]. */
  SIGMAS: Tensor
  CONDITIONING: Conditioning
  CLIP_VISION_OUTPUT: ComfyObject
  MESH: ComfyObject
  VOXEL: ComfyObject
  SPLAT: ComfyObject
  /** A 3D file of any format. */
  FILE_3D: ComfyObject
  SVG: ComfyObject
}

/** The name of a kind. */
export type Kind = keyof KindMapOf<FileClasses>

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
  'AUDIO',
  'VIDEO',
  'SIGMAS',
  'CONDITIONING',
  'CLIP_VISION_OUTPUT',
  'MESH',
  'VOXEL',
  'SPLAT',
  'FILE_3D',
  'SVG',
]
