import { audioEntries } from './audio-entries.ts'
import { isComfyList } from './comfy-list.ts'
import { conditioning } from './conditioning.ts'
import type { Dtype } from './dtype.ts'
import { encodeFloat, encodeTree } from './encode-tree.ts'
import { isExactFloat } from './exact-float.ts'
import { videoObject } from './object-kinds.ts'
import { imageTensor, latentEntries, maskTensor, sigmasTensor } from './tensor-types.ts'
import type { TaggedJson } from './tagged-json.ts'
import { isTensor, type Tensor } from './tensor.ts'
import { isTuple } from './tuple.ts'
import { isTypedValue, typedValue } from './typed-value.ts'
import { describe, unsafeInt, wrongType } from './wrong-type.ts'

/** A value ready to be stored. `dtype` and `shape` are those of its one tensor (for a LATENT: of `samples`), else null. */
export interface EncodedValue {
  readonly type: string
  readonly list: boolean
  readonly tree: TaggedJson
  readonly tensors: readonly Tensor[]
  readonly dtype: Dtype | null
  readonly shape: readonly number[] | null
}

/**
 * A JavaScript value as a value of a ComfyUI type, without any coercion that could lose something: 7.9 is no INT,
 * "false" no BOOLEAN, and 7 becomes the float 7.0 where a FLOAT is wanted. With `*` (the default) the type is taken
 * from the value. A type that is several with commas between takes the first that fits. Only {@link comfyList} makes a
 * ComfyUI list; each of its items must be of the type.
 *
 * @param key names the value in errors.
 * @throws {@link DiscomfortError} `VALUE_TYPE`, or `INT_UNSAFE` for a whole number that is not exact.
 */
export function encodeValue(value: unknown, type = '*', key?: string): EncodedValue {
  const tensors: Tensor[] = []
  if (!isComfyList(value)) {
    const chosen = chooseType(value, type, key)
    const tree = encodeItem(value, chosen, tensors, key)
    const tensor = tensorOf(tree, tensors, chosen)
    return { type: chosen, list: false, tree, tensors, dtype: tensor?.dtype ?? null, shape: tensor?.shape ?? null }
  }
  const types = new Set<string>()
  const tree = value.map((item, index) => {
    const name = `${key ?? 'list'}[${index}]`
    const chosen = chooseType(item, type, name)
    types.add(chosen)
    return encodeItem(item, chosen, tensors, name)
  })
  const [only = type] = types
  return { type: types.size > 1 ? '*' : only, list: true, tree, tensors, dtype: null, shape: null }
}

function chooseType(value: unknown, type: string, key: string | undefined): string {
  if (type === '*') return typeOf(value)
  if (!type.includes(',')) return type
  const fits = type.split(',').find((candidate) => {
    try {
      encodeItem(value, chooseType(value, candidate, key), [], key)
      return true
    } catch {
      return false
    }
  })
  if (fits === undefined) throw wrongType(type, describe(value), { key })
  return chooseType(value, fits, key)
}

/** The ComfyUI type that a value has by itself. */
function typeOf(value: unknown): string {
  if (isTypedValue(value)) return value[typedValue].type
  if (isTuple(value)) return 'TUPLE'
  if (Array.isArray(value)) return 'LIST'
  if (typeof value === 'string') return 'STRING'
  if (typeof value === 'boolean') return 'BOOLEAN'
  if (typeof value === 'bigint') return 'INT'
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'INT' : 'FLOAT'
  return value === null || isTensor(value) || value instanceof Uint8Array ? '*' : 'DICT'
}

/** What a value of a type stands for; each refuses what is none. */
const checkers = new Map<string, (value: unknown, key: string | undefined) => unknown>([
  ['IMAGE', imageTensor],
  ['MASK', maskTensor],
  ['LATENT', latentEntries],
  ['AUDIO', audioEntries],
  ['VIDEO', videoObject],
  ['SIGMAS', sigmasTensor],
  ['CONDITIONING', conditioning],
])

function encodeItem(value: unknown, type: string, tensors: Tensor[], key: string | undefined): TaggedJson {
  switch (type) {
    case 'STRING':
      if (typeof value === 'string') return value
      throw wrongType(type, describe(value), { key })
    case 'BOOLEAN':
      if (typeof value === 'boolean') return value
      throw wrongType(type, describe(value), { key })
    case 'INT':
      return encodeInt(value, key)
    case 'FLOAT':
      return encodeNumberAsFloat(value, key)
    case 'COMBO':
      // Most options are strings, a few nodes offer numbers or booleans; the server compares without coercion.
      if (!['string', 'number', 'boolean'].includes(typeof value)) throw wrongType(type, describe(value), { key })
      return encodeTree(value, tensors, key)
    default:
      return encodeTree(checkers.get(type)?.(value, key) ?? value, tensors, key)
  }
}

function encodeInt(value: unknown, key: string | undefined): TaggedJson {
  if (typeof value === 'bigint') return encodeTree(value, [], key)
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType('INT', describe(value), { key })
  if (!Number.isSafeInteger(value)) throw unsafeInt(String(value), key)
  if (Object.is(value, -0)) throw wrongType('INT', 'the number -0', { key })
  return { int: String(value) }
}

function encodeNumberAsFloat(value: unknown, key: string | undefined): TaggedJson {
  if (typeof value === 'number') return encodeFloat(value)
  if (typeof value !== 'bigint') throw wrongType('FLOAT', describe(value), { key })
  if (!isExactFloat(value)) throw wrongType('FLOAT', describe(value), { key, reason: 'It is not exact as a float.' })
  return Number(value)
}

/** The tensor that a receipt tells about: the value itself, or the samples of a latent. */
function tensorOf(tree: TaggedJson, tensors: readonly Tensor[], type: string): Tensor | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined
  if ('tensor' in tree) return tensors[Number(tree.tensor)]
  const samples = type === 'LATENT' && 'dict' in tree ? tree.dict.find(([key]) => key === 'samples')?.[1] : undefined
  return typeof samples === 'object' && samples !== null && 'tensor' in samples
    ? tensors[Number(samples.tensor)]
    : undefined
}
