import { imageTensor } from '../values/tensor-types.ts'
import { Mask } from '../values/mask.ts'
import { Tensor } from '../values/tensor.ts'
import { typedValue } from '../values/typed-value.ts'
import { wrongType } from '../values/wrong-type.ts'
import { type DecodedPicture, decodePicture } from './decode-picture.ts'
import { encodePicture } from './encode-picture.ts'
import { placeFile } from './place-file.ts'

/** How {@link Image.toFile} writes. */
export interface ToFileOptions {
  /** Whether a file of that name is replaced (default true); if not, it is `EXPORT_EXISTS`. */
  overwrite?: boolean | undefined
  /** Which picture of a batch is written; needed where the batch holds more than one. */
  index?: number | undefined
  /** 1 to 100, for JPEG (default 95) and WebP (default: lossless). */
  quality?: number | undefined
}

/** How {@link Image.openMask} reads. */
export interface MaskOptions {
  /**
   * Where the mask is: `'alpha'` (default) is 1 where the picture is transparent, as LoadImage does it; `'red'` is the red
   * or grey of the picture, as LoadImageMask does it; `'auto'` is alpha where the picture has it, else red.
   */
  channel?: 'alpha' | 'red' | 'auto' | undefined
}

/**
 * A ComfyUI IMAGE: a float tensor [batch, height, width, channels], 0 to 1, usually with 3 channels (red, green,
 * blue). One that comes out of a context is read from the store when its pixels are asked for.
 *
 * @example
 * await context.save('image', await Image.open('in.png'))
 * await (await context.load('image', 'IMAGE')).toFile('out.png')
 */
export class Image {
  readonly tensor: Tensor

  private constructor(tensor: Tensor) {
    this.tensor = tensor
  }

  /**
   * An image over a tensor [batch, height, width, 1 to 4 channels] of F32, F16 or BF16.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` for any other tensor.
   * @example
   * const black = Image.from(Tensor.from(new Float32Array(64 * 64 * 3), [1, 64, 64, 3]))
   */
  static from(tensor: Tensor): Image {
    return new Image(imageTensor(tensor, undefined))
  }

  /**
   * Opens a picture (PNG, JPEG, WebP, GIF, TIFF, AVIF, SVG) as ComfyUI's LoadImage does it: red, green and blue, the
   * orientation of the EXIF data applied, colour profiles ignored, alpha dropped ({@link Image.openMask} gives it).
   * 8 bits are divided by 255 and 16 bits by 65535, so nothing is lost (ComfyUI 0.30 itself is off by up to 1/255 for grey
   * and for WebP files); each frame of an animation is one of the batch.
   *
   * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is no such file; `VALUE_CORRUPT` where it is no picture.
   * @example
   * const image = await Image.open('in.png')
   * console.log(image.width, image.height)
   */
  static async open(source: string | Uint8Array): Promise<Image> {
    const picture = await decodePicture(source)
    const { frames, height, width, channels } = picture
    const offsets = channels < 3 ? [0, 0, 0] : [0, 1, 2]
    return new Image(Tensor.from(pickChannels(picture, offsets, false), [frames, height, width, 3]))
  }

  /**
   * The mask of a picture as ComfyUI's LoadImage gives it beside the image: 1 where the picture is transparent.
   * A picture without alpha gives zeros of 64 by 64, whatever its size, unless another channel is asked for.
   *
   * @throws {@link DiscomfortError} as {@link Image.open}.
   * @example
   * const mask = await Image.openMask('white-on-black.png', { channel: 'red' })
   */
  static async openMask(source: string | Uint8Array, { channel = 'alpha' }: MaskOptions = {}): Promise<Mask> {
    const picture = await decodePicture(source)
    const { frames, height, width, channels, hasAlpha } = picture
    if (channel === 'red' || (channel === 'auto' && !hasAlpha))
      return Mask.from(Tensor.from(pickChannels(picture, [0], false), [frames, height, width]))
    if (!hasAlpha) return Mask.from(Tensor.from(new Float32Array(frames * 64 * 64), [frames, 64, 64]))
    return Mask.from(Tensor.from(pickChannels(picture, [channels - 1], true), [frames, height, width]))
  }

  /**
   * A batch of pictures that are made one after another, for more of them than memory holds: each is asked for when the one
   * before it is written. It can be saved once; `shape` is that of the whole batch, [batch, height, width, channels].
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` when it is saved and the pictures are of another size, or too few.
   * @example
   * async function* frames() {
   *   for (let number = 1; number <= 500; number++) yield await Image.open(`frames/${number}.png`)
   * }
   * await context.save('video', Image.fromFrames(frames(), [500, 1080, 1920, 3]))
   */
  static fromFrames(frames: AsyncIterable<Image> | Iterable<Image>, shape: readonly number[]): Image {
    return Image.from(Tensor.fromStream(frameBytes(frames, shape), shape, 'F32'))
  }

  get batch(): number {
    return this.tensor.shape[0]!
  }

  get height(): number {
    return this.tensor.shape[1]!
  }

  get width(): number {
    return this.tensor.shape[2]!
  }

  get channels(): number {
    return this.tensor.shape[3]!
  }

  /** All values: picture by picture, row by row, pixel by pixel, 0 to 1. Do not change them: they may be shared. */
  async pixels(): Promise<Float32Array> {
    return (await this.tensor.data()) as Float32Array
  }

  /** Some pictures of a batch, from `start` up to and without `end`, as in `Array.slice`; nothing is read or copied. */
  slice(start?: number, end?: number): Image {
    return new Image(this.tensor.slice(start, end))
  }

  /** The pictures of the batch one by one; each is read when it is asked for. */
  *frames(): Iterable<Image> {
    for (let index = 0; index < this.batch; index += 1) yield this.slice(index, index + 1)
  }

  /** Keeps the pixels in memory, so that the image outlives its key and its context. */
  async load(): Promise<this> {
    await this.tensor.load()
    return this
  }

  /**
   * Writes one picture by the ending of `path`: `.png`, `.jpg`, `.jpeg` or `.webp`, 8 bits a channel, rounded as
   * ComfyUI's SaveImage does (cut to 0 to 1, times 255, the fraction dropped). A PNG that was opened and is written
   * again has the same pixels. Missing folders are made; the file appears whole or not at all. JPEG drops alpha.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` for another ending, or a batch of several without `index`;
   * `EXPORT_EXISTS` with `overwrite: false`.
   * @example
   * await image.toFile('out/last.png', { index: -1 })
   */
  async toFile(path: string, { overwrite = true, index, quality }: ToFileOptions = {}): Promise<void> {
    const one = this.#pick(index)
    const { height, width, channels } = this
    const picture = await encodePicture({ data: await one.pixels(), height, width, channels }, path, quality)
    await placeFile(path, overwrite, picture)
  }

  #pick(index: number | undefined): Image {
    const reason = 'Pass { index } to choose one, or write each of slice(i, i + 1).'
    if (index === undefined && this.batch !== 1) throw wrongType('one picture', `a batch of ${this.batch}`, { reason })
    const at = index ?? 0
    const from = at < 0 ? this.batch + at : at
    const one = this.slice(from, from + 1)
    if (!Number.isInteger(at) || from < 0 || one.batch !== 1)
      throw wrongType(`a picture with the index ${at}`, `a batch of ${this.batch}`)
    return one
  }

  get [typedValue](): { type: string; value: Tensor } {
    return { type: 'IMAGE', value: this.tensor }
  }
}

async function* frameBytes(
  frames: AsyncIterable<Image> | Iterable<Image>,
  [, ...size]: readonly number[],
): AsyncIterable<Uint8Array> {
  for await (const frame of frames) {
    const { tensor } = frame
    if (tensor.shape.slice(1).join() !== size.join())
      throw wrongType(`pictures of the size [${size.join(', ')}]`, `one of [${tensor.shape.slice(1).join(', ')}]`)
    const pixels = await frame.pixels()
    yield new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  }
}

/** Some channels of a picture as floats 0 to 1, or 1 to 0. */
function pickChannels(picture: DecodedPicture, offsets: readonly number[], inverted: boolean): Float32Array {
  const { data, white, channels } = picture
  // Single precision throughout, as PyTorch divides; a table makes it one look-up a value.
  const levels = Float32Array.from({ length: white + 1 }, (_, level) => Math.fround(level / white))
  const table = inverted ? levels.map((level) => 1 - level) : levels
  const pixels = data.length / channels
  const floats = new Float32Array(pixels * offsets.length)
  let target = 0
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    for (const offset of offsets) floats[target++] = table[data[pixel + offset]!]!
  }
  return floats
}
