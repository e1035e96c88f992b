import { crc32 } from 'node:zlib'
import type { Receipt } from '../schema/receipt.ts'
import { encodeValue } from '../values/encode-value.ts'
import type { TaggedJson } from '../values/tagged-json.ts'
import { treeText } from '../values/tree-text.ts'
import { chunksOf, layOutValue } from '../values/value-layout.ts'

/** What a saver tells of a value: its receipt, and the value itself where it is small. */
export interface GivenValue {
  readonly receipt: Receipt
  readonly tree?: TaggedJson
}

/** The longest text of a value that travels beside its receipt. */
const inlineLimit = 65_536

/** Lays a JavaScript value out as the pack does; `keep` takes the bytes of its file where it needs one. */
export async function giveValue(
  value: unknown,
  type: string,
  keep: (id: string, bytes: Buffer) => void,
): Promise<GivenValue> {
  const encoded = encodeValue(value, type)
  const { tree, tensors, list, dtype } = encoded
  const receipt: Receipt = {
    v: 1,
    id: crypto.randomUUID(),
    type: encoded.type,
    list,
    dtype,
    shape: encoded.shape && [...encoded.shape],
    bytes: 0,
  }
  if (tensors.length === 0 && treeText(tree).length <= inlineLimit) return { receipt, tree }
  const chunks: Uint8Array[] = []
  for await (const chunk of chunksOf(layOutValue(encoded))) chunks.push(Uint8Array.from(chunk))
  const bytes = Buffer.concat(chunks)
  keep(receipt.id, bytes)
  return { receipt: { ...receipt, bytes: bytes.length, digest: digestOf(bytes) } }
}

/** A checksum as receipts tell it. */
export function digestOf(bytes: Uint8Array): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`
}
