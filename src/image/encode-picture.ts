import { extname } from 'node:path'
import { wrongType } from '../values/wrong-type.ts'
import { loadSharp } from './load-sharp.ts'

/** The pixels of one picture: float, 0 to 1, row by row. */
export interface Pixels {
  readonly data: Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The endings of files that pictures are written to. */
export const PICTURE_ENDINGS: readonly string[] = ['.png', '.jpg', '.jpeg', '.webp']

/**
 * Encodes a picture by the ending of `path`. `quality` (1 to 100) is for JPEG (default 95) and WebP (default lossless).
 *
 * @throws {@link DiscomfortError} `VALUE_TYPE` for an ending that is no picture's.
 */
export async function encodePicture({ data, ...size }: Pixels, path: string, quality?: number): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const raw = { width: size.width, height: size.height, channels: size.channels as 1 | 2 | 3 | 4 }
  const picture = sharp(toBytes(data), { raw, limitInputPixels: false })
  if (size.channels < 3) picture.toColourspace('b-w')
  switch (extname(path).toLowerCase()) {
    case '.png':
      return picture.png({ compressionLevel: 4 }).toBuffer()
    case '.jpg':
    case '.jpeg':
      return (size.channels === 4 || size.channels === 2 ? picture.removeAlpha() : picture)
        .jpeg({ quality: quality ?? 95, chromaSubsampling: '4:4:4' })
        .toBuffer()
    case '.webp':
      return picture.webp(quality === undefined ? { lossless: true, exact: true } : { quality }).toBuffer()
    default:
      throw wrongType(`a file name that ends in ${PICTURE_ENDINGS.join(', ')}`, JSON.stringify(path))
  }
}

/** As ComfyUI's SaveImage: times 255 in single precision, cut to 0 to 255, the fraction dropped; NaN is black. */
function toBytes(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.length)
  for (let index = 0; index < data.length; index++) {
    const scaled = Math.fround(data[index]! * 255)
    bytes[index] = scaled >= 255 ? 255 : scaled > 0 ? scaled : 0
  }
  return bytes
}
