import { Image } from '../image/image.ts'
import type { ValueClasses } from '../values/value-classes.ts'
import { Audio } from './audio.ts'
import { Video } from './video.ts'

/** The classes that decoding makes and the pure rooms do not know. */
export const fileClasses: ValueClasses = {
  image: (tensor) => Image.from(tensor),
  audio: (entries) => Audio.of(entries),
  video: (object) => Video.of(object),
}
