import { writeFile } from 'node:fs/promises'
import { Image } from '../image/image.ts'
import { placeFile } from '../image/place-file.ts'
import { isAudioEntries } from '../values/audio-entries.ts'
import { ComfyObject, isComfyObject } from '../values/comfy-object.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import { videoObject } from '../values/object-kinds.ts'
import { isImageTensor } from '../values/tensor-types.ts'
import { isTensor, Tensor } from '../values/tensor.ts'
import { typedValue } from '../values/typed-value.ts'
import { wrongType } from '../values/wrong-type.ts'
import { Audio } from './audio.ts'
import { openFileTensor } from './file-tensor.ts'
import { containerOf, endingsOf, fitsContainer, HEAD_LENGTH, type VideoContainer } from './video-container.ts'

/** How {@link Video.toFile} writes. */
export interface VideoFileOptions {
  /** Whether a file of that name is replaced (default true); if not, it is `EXPORT_EXISTS`. */
  overwrite?: boolean | undefined
}

/**
 * A ComfyUI VIDEO. It is a file (of LoadVideo, of a service, opened here), or frames with a rate and perhaps sound (of
 * CreateVideo); frames come with the MP4 file that ComfyUI itself encodes of them, and lose nothing on the way. One that
 * comes out of a context is read from the store when its bytes are asked for.
 *
 * @example
 * await context.save('clip', await Video.open('in.mp4'))
 * await (await context.load('result', 'VIDEO')).toFile('out.mp4')
 */
export class Video {
  /** The object that ComfyUI has for it: `VideoFromFile` or `VideoFromComponents`, with all its fields. */
  readonly object: ComfyObject

  private constructor(object: ComfyObject) {
    this.object = object
  }

  /**
   * A video over the bytes of a file, whatever its container.
   *
   * @example
   * const video = Video.from(await (await fetch(url)).bytes())
   */
  static from(bytes: Uint8Array): Video {
    return Video.#ofFile(Tensor.from(bytes))
  }

  static #ofFile(file: Tensor): Video {
    return new Video(ComfyObject.from('VideoFromFile', { file, start_time: 0, duration: 0 }, 'VIDEO'))
  }

  /** A video of the object that the pack makes of it. @internal */
  static of(object: ComfyObject): Video {
    return new Video(videoObject(object, undefined))
  }

  /**
   * Opens a video file (MP4, MOV, WebM, Matroska or AVI) of any size. Its bytes are kept as they are, and read when they
   * are asked for: `await video.load()` keeps them where the file may change.
   *
   * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is no such file; `VALUE_CORRUPT` where it is no such video.
   */
  static async open(path: string): Promise<Video> {
    const video = Video.#ofFile(await openFileTensor(path, 'video'))
    if (await video.container()) return video
    throw corruptValue(path, 'it is no MP4, MOV, WebM, Matroska or AVI file')
  }

  /** The bytes of the file as a tensor U8 [bytes]; undefined for frames that ComfyUI could not encode. */
  get file(): Tensor | undefined {
    const { file } = this.object.fields
    return isTensor(file) ? file : undefined
  }

  /** The frames, where the video was made of frames; a video that is a file has none that could be read here. */
  get frames(): Image | undefined {
    const { images } = this.object.fields
    return isTensor(images) && isImageTensor(images) ? Image.from(images) : undefined
  }

  /** Frames a second, where the video was made of frames. */
  get frameRate(): number | undefined {
    const rate = this.object.fields['frame_rate']
    if (!isComfyObject(rate, 'Fraction')) return typeof rate === 'number' ? rate : undefined
    return Number(rate.fields['numerator']) / Number(rate.fields['denominator'])
  }

  /** The sound, where the video was made of frames and sound. */
  get audio(): Audio | undefined {
    const { audio } = this.object.fields
    return isAudioEntries(audio) ? Audio.of(audio) : undefined
  }

  /** The part of the file that is meant, in seconds; a duration of 0 is up to its end. */
  get window(): { readonly start: number; readonly duration: number } {
    const { start_time: start, duration } = this.object.fields
    return { start: Number(start ?? 0), duration: Number(duration ?? 0) }
  }

  /**
   * The bytes of the whole file. They may be shared with the video: do not change them.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` where there is no file; as {@link Tensor.bytes}.
   */
  async bytes(): Promise<Uint8Array> {
    return this.#needFile().bytes()
  }

  /** The container of the file, told by its first bytes; undefined for one that is not known here. */
  async container(): Promise<VideoContainer | undefined> {
    return containerOf(await this.#needFile().slice(0, HEAD_LENGTH).bytes())
  }

  /** Keeps the file, frames and sound in memory, so that the video outlives its key and its context. */
  async load(): Promise<this> {
    await this.object.load()
    return this
  }

  /**
   * Writes the file as it is: `path` ends in `.mp4`, `.mov`, `.webm`, `.mkv` or `.avi`, as its container wants it. Nothing
   * is converted: that is what ComfyUI's SaveVideo does. Missing folders are made; the file appears whole or not at all.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` where the container is another, where only a part of the file is meant, or
   * where there is no file; `EXPORT_EXISTS` with `overwrite: false`.
   */
  async toFile(path: string, { overwrite = true }: VideoFileOptions = {}): Promise<void> {
    const container = await this.container()
    if (!container || !fitsContainer(path, container)) {
      const expected = container ? `a file name that ends in ${endingsOf(container).join(' or ')}` : 'a known container'
      const found = container ? JSON.stringify(path) : 'a video of another'
      const reason = `The video is written as it is${container ? ` (${container})` : ''}; SaveVideo of ComfyUI converts.`
      throw wrongType(expected, found, { reason })
    }
    const { start, duration } = this.window
    if (start !== 0 || duration !== 0) {
      const reason = 'SaveVideo of ComfyUI cuts it; bytes() gives the whole file.'
      throw wrongType('a whole video', `a part of one (from second ${start}, ${duration || 'all'} seconds)`, { reason })
    }
    const file = this.#needFile()
    await placeFile(path, overwrite, (temporary) => writeFile(temporary, file.stream()))
  }

  #needFile(): Tensor {
    if (this.file) return this.file
    const reason = 'ComfyUI could not encode them: its codec takes even widths and heights only.'
    throw wrongType('a video with a file', 'a video of frames alone', { reason })
  }

  get [typedValue](): { type: string; value: ComfyObject } {
    return { type: 'VIDEO', value: this.object }
  }
}
