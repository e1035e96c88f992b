import { crc32, deflateSync } from 'node:zlib'

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

export const textChunk = (keyword: string, text: string): Buffer =>
  chunk('tEXt', Buffer.concat([Buffer.from(`${keyword}\0`), Buffer.from(text, 'latin1')]))
export const internationalChunk = (keyword: string, text: string, compressed = false): Buffer =>
  chunk(
    'iTXt',
    Buffer.concat([
      Buffer.from(`${keyword}\0`),
      Buffer.from([compressed ? 1 : 0, 0]),
      Buffer.from('\0\0'),
      compressed ? deflateSync(Buffer.from(text)) : Buffer.from(text),
    ]),
  )
export const compressedChunk = (keyword: string, text: string): Buffer =>
  chunk('zTXt', Buffer.concat([Buffer.from(`${keyword}\0\0`), deflateSync(Buffer.from(text))]))

/** A PNG picture of one pixel with these chunks before its data. */
export function png(...chunks: readonly Buffer[]): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const pixels = chunk('IDAT', deflateSync(Buffer.from([0, 0])))
  return Buffer.concat([signature, chunk('IHDR', header), ...chunks, pixels, chunk('IEND', Buffer.alloc(0))])
}

/** A WebP file whose EXIF data hold these texts in the tags 0x010e, 0x010f, … */
export function webp(...texts: readonly string[]): Buffer {
  const values = texts.map((text) => Buffer.from(`${text}\0`))
  const directory = Buffer.alloc(2 + values.length * 12 + 4)
  directory.writeUInt16LE(values.length)
  let offset = 8 + directory.length
  values.forEach((value, index) => {
    const at = 2 + index * 12
    directory.writeUInt16LE(0x010e + index, at)
    directory.writeUInt16LE(2, at + 2)
    directory.writeUInt32LE(value.length, at + 4)
    directory.writeUInt32LE(offset, at + 8)
    offset += value.length
  })
  const exif = Buffer.concat([Buffer.from('II*\0\u0008\0\0\0', 'latin1'), directory, ...values])
  const pixels = riff('VP8L', Buffer.from([0x2f, 0, 0, 0, 0, 0x88, 0x88, 0x08]))
  return riff(
    'RIFF',
    Buffer.concat([
      Buffer.from('WEBP'),
      riff('VP8X', Buffer.from([8, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
      pixels,
      riff('EXIF', exif),
    ]),
  )
}

function riff(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  return Buffer.concat([Buffer.from(name), length, data, Buffer.alloc(data.length % 2)])
}
