import { corruptValue } from '../values/corrupt-value.ts'
import { loadSharp } from './load-sharp.ts'
import { readSource } from './read-source.ts'

/** A decoded picture: frames below each other, `channels` numbers a pixel, each 0 to `white`. */
export interface DecodedPicture {
  readonly data: Uint8Array | Uint16Array
  readonly white: 255 | 65_535
  readonly frames: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly hasAlpha: boolean
}

/**
 * Decodes a picture to RGB or RGBA, with the bits that the file has (8 or 16), the orientation of its EXIF data
 * applied, and colour profiles ignored, as ComfyUI does it. All frames of an animated GIF or WebP.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is no such file; `VALUE_CORRUPT` where it is no picture.
 */
export async function decodePicture(source: string | Uint8Array): Promise<DecodedPicture> {
  const { bytes, name } = await readSource(source, 'picture')
  const sharp = await loadSharp()
  try {
    const { format, pages = 1, depth, hasAlpha } = await sharp(bytes, { ignoreIcc: true }).metadata()
    const animated = pages > 1 && (format === 'gif' || format === 'webp')
    const wide = depth === 'ushort'
    const pipeline = sharp(bytes, { ignoreIcc: true, ...(animated ? { animated } : {}) })
    // The orientation of single pictures only: frames of an animation have none.
    if (!animated) pipeline.autoOrient()
    if (wide) pipeline.pipelineColourspace('rgb16').toColourspace('rgb16')
    else pipeline.toColourspace('srgb')
    const { data, info } = await pipeline
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const frames = animated ? pages : 1
    return {
      data: wide ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data,
      white: wide ? 65_535 : 255,
      frames,
      height: info.height / frames,
      width: info.width,
      channels: info.channels,
      hasAlpha,
    }
  } catch (error) {
    throw corruptValue(name, error instanceof Error ? error.message : String(error), error)
  }
}
