import { corruptValue } from './corrupt-value.ts'
import { DiscomfortError } from '../errors.ts'
import { type Dtype, isDtype, ITEM_SIZES, tensorBytes } from './dtype.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/** What a safetensors header says of one tensor. `start` and `end` count from the first byte after the header. */
export interface TensorEntry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/** A parsed safetensors header. */
export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

/** The longest header that readers of the format accept. */
const HEADER_LIMIT = 100_000_000
const ALIGNMENT = 64

/**
 * The beginning of a safetensors file (length and header), and the order in which the tensors follow it without gaps.
 * Big items come first: so each tensor begins at a multiple of its item size, as they begin at a multiple of 64.
 *
 * @throws {@link DiscomfortError} `VALUE_TOO_LARGE` where the header would be longer than readers accept.
 */
export function buildHeader<
  Item extends { readonly dtype: Dtype; readonly shape: readonly number[]; readonly byteLength: number },
>(
  tensors: readonly Item[],
  metadata: Readonly<Record<string, string>>,
): { head: Uint8Array; order: Item[]; byteLength: number } {
  const named = tensors.map((tensor, index) => ({ tensor, name: String(index) }))
  named.sort((a, b) => ITEM_SIZES[b.tensor.dtype] - ITEM_SIZES[a.tensor.dtype])
  const parts = [`"__metadata__":${JSON.stringify(metadata)}`]
  let end = 0
  for (const { tensor, name } of named) {
    const { dtype, shape, byteLength } = tensor
    const start = end
    end += byteLength
    // Written by hand: an object would move names that are numbers to the front.
    parts.push(`"${name}":${JSON.stringify({ dtype, shape, data_offsets: [start, end] })}`)
  }
  const text = encodeUtf8(`{${parts.join(',')}}`)
  const length = Math.ceil((8 + text.length) / ALIGNMENT) * ALIGNMENT - 8
  if (length > HEADER_LIMIT) {
    const message = `The value holds ${length} bytes beside its tensors, more than a value file takes. Put large data into a Tensor.`
    throw new DiscomfortError('VALUE_TOO_LARGE', message, { details: { bytes: length, limit: HEADER_LIMIT } })
  }
  const head = new Uint8Array(8 + length).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true)
  head.set(text, 8)
  return { head, order: named.map(({ tensor }) => tensor), byteLength: head.length + end }
}

/**
 * The length of the header that the first 8 bytes of a file tell, checked against the size of the file.
 *
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`
 */
export function readHeaderLength(prefix: Uint8Array, fileSize: number, id: string): number {
  if (prefix.length < 8) throw corruptValue(id, `the file has ${fileSize} bytes and no header`)
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(HEADER_LIMIT)) throw corruptValue(id, `its header claims ${length} bytes`)
  if (length > BigInt(fileSize) - 8n)
    throw corruptValue(id, `its header claims ${length} bytes and the file has ${fileSize}`)
  return Number(length)
}

/**
 * What a header says, checked: known data types, whole shapes, offsets that fit them and cover the `dataLength` bytes
 * behind the header without gap or overlap. `bytes` may come from anywhere.
 *
 * @throws {@link DiscomfortError} `VALUE_CORRUPT` with the reason.
 */
export function parseHeader(bytes: Uint8Array, dataLength: number, id: string): SafetensorsHeader {
  const root = parseJson(bytes, id)
  if (!isRecord(root)) throw corruptValue(id, 'its header is no object')
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>
  const tensors = new Map<string, TensorEntry>()
  for (const [name, entry] of Object.entries(root)) {
    if (!isRecord(entry)) throw corruptValue(id, `the entry ${shown(name)} of its header is no object`)
    if (name !== '__metadata__') tensors.set(name, parseEntry(entry, name, id))
    else for (const [key, text] of Object.entries(entry)) metadata[key] = parseText(text, key, id)
  }
  let position = 0
  for (const { start, end } of [...tensors.values()].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== position)
      throw corruptValue(id, `its tensors ${start < position ? 'overlap' : 'leave a gap'} at byte ${start}`)
    position = end
  }
  if (position !== dataLength)
    throw corruptValue(id, `its tensors take ${position} bytes and the file has ${dataLength}`)
  return { metadata, tensors }
}

function parseJson(bytes: Uint8Array, id: string): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes))
  } catch (error) {
    throw corruptValue(id, 'its header is no JSON', error)
  }
}

function parseText(text: unknown, key: string, id: string): string {
  if (typeof text !== 'string') throw corruptValue(id, `the metadata ${shown(key)} is no text`)
  return text
}

function parseEntry(entry: Record<string, unknown>, name: string, id: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = entry
  if (!isDtype(dtype)) throw corruptValue(id, `the tensor ${shown(name)} has the unknown type ${shown(dtype)}`)
  const bytes = isNumbers(shape) ? tensorBytes(dtype, shape) : undefined
  if (!isNumbers(shape) || bytes === undefined) throw corruptValue(id, `the tensor ${shown(name)} has no valid shape`)
  if (!isNumbers(offsets) || offsets.length !== 2) throw corruptValue(id, `the tensor ${shown(name)} has no offsets`)
  const [start, end] = offsets as [number, number]
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end - start !== bytes) {
    throw corruptValue(id, `the tensor ${shown(name)} needs ${bytes} bytes and lies from ${start} to ${end}`)
  }
  return { dtype, shape, start, end }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number')
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 60)
}
