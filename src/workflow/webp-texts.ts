import { decodeText } from './decode-text.ts'

const asciiType = 2
const entryBytes = 12

/**
 * Reads what ComfyUI writes into the EXIF data of a WebP file: texts of the form `workflow:{…}` in whatever tags are
 * free. Gives them by the word before the colon.
 */
export function webpTexts(bytes: Uint8Array): ReadonlyMap<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true)
    const data = bytes.subarray(at + 8, at + 8 + length)
    if (decodeText(bytes.subarray(at, at + 4)) === 'EXIF') return exifTexts(data)
    at += 8 + length + (length % 2)
  }
  return new Map()
}

/** Reads the ASCII tags of the first directory of a TIFF block. */
function exifTexts(block: Uint8Array): ReadonlyMap<string, string> {
  // Some writers keep the prefix that JPEG files have.
  const prefixed = block.length >= 6 && decodeText(block.subarray(0, 4)) === 'Exif'
  const data = prefixed ? block.subarray(6) : block
  const texts = new Map<string, string>()
  if (data.length < 8) return texts
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const little = data[0] === 0x49
  const directory = view.getUint32(4, little)
  if (directory + 2 > data.length) return texts
  const count = view.getUint16(directory, little)
  for (let index = 0; index < count; index += 1) {
    const entry = directory + 2 + index * entryBytes
    if (entry + entryBytes > data.length) break
    if (view.getUint16(entry + 2, little) !== asciiType) continue
    const length = view.getUint32(entry + 4, little)
    const start = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little)
    const text = decodeText(data.subarray(start, Math.min(start + length, data.length))).replace(/\0+$/, '')
    const colon = text.indexOf(':')
    if (colon > 0) texts.set(text.slice(0, colon).toLowerCase(), text.slice(colon + 1))
  }
  return texts
}
