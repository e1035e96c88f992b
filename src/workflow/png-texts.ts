import { decodeText } from './decode-text.ts'

const signatureLength = 8
const chunkOverhead = 12

/** Reads the uncompressed tEXt and iTXt chunks of a PNG file. A damaged rest of the file is ignored. */
export function pngTexts(bytes: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = signatureLength; at + chunkOverhead <= bytes.length;) {
    const length = view.getUint32(at)
    const type = decodeText(bytes.subarray(at + 4, at + 8))
    const end = at + 8 + length
    if (end > bytes.length || type === 'IEND') break
    const text = readChunk(type, bytes.subarray(at + 8, end))
    if (text) texts.set(...text)
    at = end + 4
  }
  return texts
}

function readChunk(type: string, data: Uint8Array): [keyword: string, text: string] | undefined {
  if (type !== 'tEXt' && type !== 'iTXt') return undefined
  const keywordEnd = data.indexOf(0)
  if (keywordEnd === -1) return undefined
  const keyword = decodeText(data.subarray(0, keywordEnd))
  if (type === 'tEXt') return [keyword, decodeText(data.subarray(keywordEnd + 1))]
  // iTXt: a flag and a method of compression, then language and translated keyword, each ended by a zero
  if (data[keywordEnd + 1] !== 0) return undefined
  const languageEnd = data.indexOf(0, keywordEnd + 3)
  const translatedEnd = languageEnd === -1 ? -1 : data.indexOf(0, languageEnd + 1)
  return translatedEnd === -1 ? undefined : [keyword, decodeText(data.subarray(translatedEnd + 1))]
}
