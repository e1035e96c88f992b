import { pngTexts } from './png-texts.ts'
import { webpTexts } from './webp-texts.ts'

/** Texts that a picture carries, by keyword. */
export type ImageTexts = ReadonlyMap<string, string>

/**
 * Reads the texts of a PNG or WebP file; `undefined` if the bytes are neither. Compressed texts and other formats need
 * more than plain code has, they are read where files are read.
 */
export function imageTexts(bytes: Uint8Array): ImageTexts | undefined {
  if (startsWith(bytes, 0, '\u0089PNG\r\n\u001a\n')) return pngTexts(bytes)
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return webpTexts(bytes)
  return undefined
}

/** Whether the bytes at `offset` spell `text` (Latin-1). */
function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false
  }
  return true
}
