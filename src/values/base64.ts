const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CODES = new Map(Array.from(ALPHABET, (letter, code) => [letter.charCodeAt(0), code]))

/** Bytes as base64 with padding. Written here because neither Node 20 nor a page has it for `Uint8Array`. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  let part = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const bits = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    part += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!
    part += index + 1 < bytes.length ? ALPHABET[(bits >> 6) & 63]! : '='
    part += index + 2 < bytes.length ? ALPHABET[bits & 63]! : '='
    if (part.length > 8192) {
      parts.push(part)
      part = ''
    }
  }
  return parts.join('') + part
}

/** The bytes of a base64 text, or undefined where it is not exactly what {@link encodeBase64} writes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  const letters = text.length - padding
  let bits = 0
  let target = 0
  for (let index = 0; index < letters; index++) {
    const code = CODES.get(text.charCodeAt(index))
    if (code === undefined) return undefined
    bits = ((bits << 6) | code) & 0xffffff
    if (index % 4 === 1) bytes[target++] = (bits >> 4) & 0xff
    else if (index % 4 === 2) bytes[target++] = (bits >> 2) & 0xff
    else if (index % 4 === 3) bytes[target++] = bits & 0xff
  }
  const spare = padding === 2 ? bits & 0xf : padding === 1 ? bits & 0x3 : 0
  return spare === 0 ? bytes : undefined
}
