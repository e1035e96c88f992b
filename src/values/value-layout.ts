import { corruptValue } from './corrupt-value.ts'
import { buildHeader, type TensorEntry, parseHeader } from './safetensors.ts'
import type { TaggedJson } from './tagged-json.ts'
import type { Tensor } from './tensor.ts'
import { treeText } from './tree-text.ts'

/** A value as it is stored: its ComfyUI type, whether it is a ComfyUI list, its tree, and the tensors it mentions. */
export interface ValueParts {
  readonly type: string
  readonly list: boolean
  readonly tree: TaggedJson
  readonly tensors: readonly Tensor[]
}

/** What the header of a value file says. The tree is not checked yet: decoding it does that. */
export interface ValueHeader {
  readonly type: string
  readonly list: boolean
  readonly tree: TaggedJson
  readonly treeText: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

/** How a value lies in its file: the bytes before the tensors, the tensors in their order, and the size of it all. */
export interface ValueLayout {
  readonly head: Uint8Array
  readonly order: readonly Tensor[]
  readonly byteLength: number
}

/** Lays a value out as its file has it. */
export function layOutValue(value: ValueParts): ValueLayout {
  const metadata = {
    discomfort: '1',
    type: value.type,
    list: value.list ? '1' : '0',
    tree: treeText(value.tree),
  }
  return buildHeader(value.tensors, metadata)
}

/** The bytes of the file of a value, as they are to be written. */
export async function* chunksOf({ head, order }: ValueLayout): AsyncIterable<Uint8Array> {
  yield head
  for (const tensor of order) yield* tensor.stream()
}

/**
 * Reads the header of a value file.
 *
 * @throws {@link DiscomfortError} `VALUE_CORRUPT` where it is none.
 */
export function readValueHeader(header: Uint8Array, dataLength: number, id: string): ValueHeader {
  const { metadata, tensors } = parseHeader(header, dataLength, id)
  const { discomfort, type, list, tree: treeText } = metadata
  if (discomfort !== '1')
    throw corruptValue(id, `it is no value file of version 1 (but ${String(discomfort).slice(0, 40)})`)
  if (type === undefined || treeText === undefined || (list !== '0' && list !== '1')) {
    throw corruptValue(id, 'its metadata lacks type, list or tree')
  }
  let tree: TaggedJson
  try {
    tree = JSON.parse(treeText) as TaggedJson
  } catch (error) {
    throw corruptValue(id, 'its tree is no JSON', error)
  }
  if (list === '1' && !Array.isArray(tree)) throw corruptValue(id, 'it is a list whose tree is no array')
  return { type, list: list === '1', tree, treeText, tensors }
}
