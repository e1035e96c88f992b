import type { AudioEntries } from './audio-entries.ts'
import type { ComfyObject } from './comfy-object.ts'
import type { Tensor } from './tensor.ts'

/** How the classes are made that read and write files, which needs more than a page has: they lie above this room. */
export interface ValueClasses {
  /** Makes an image of a tensor that can be one. */
  readonly image: (tensor: Tensor) => unknown
  readonly audio: (entries: AudioEntries) => unknown
  readonly video: (object: ComfyObject) => unknown
}
