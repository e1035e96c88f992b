import { refuseLongBytes } from './refuse-long.ts'

/** The one thing that Node and pages both have and the language does not: named here, since no types of either are loaded. */
interface Decoder {
  decode(bytes: Uint8Array): string
}
declare const TextDecoder: new (label: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) => Decoder

/** Bytes as text, as far as a workflow may be long: UTF-8, or Latin-1 if they are not valid UTF-8 (old PNG texts). */
export function decodeText(bytes: Uint8Array): string {
  refuseLongBytes(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}

/** Bytes as UTF-8 text, or `undefined` if they are something else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  refuseLongBytes(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
