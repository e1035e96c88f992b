import { DiscomfortError } from '../errors.ts'
import { encodeBase64 } from './base64.ts'
import { isComfyObject } from './comfy-object.ts'
import { isExactFloat } from './exact-float.ts'
import { dtypeOf } from './typed-array.ts'
import { DEPTH_LIMIT, DIGITS_LIMIT, type TaggedJson } from './tagged-json.ts'
import { isTensor, type Tensor } from './tensor.ts'
import { isTuple } from './tuple.ts'
import { isTypedValue, typedValue } from './typed-value.ts'
import { isFloatAt, wholeFloats } from './whole-floats.ts'

/** Where in a value we are. A chain, put into words only for an error. */
interface Place {
  readonly step: string
  /** The key of the whole value, at the top of the chain. */
  readonly key?: string | undefined
  readonly above: Place | undefined
}

/**
 * A JavaScript value as tagged JSON. Tensors are named `0`, `1`, … in the order in which the tree mentions them, and
 * are appended to `tensors`; one that occurs twice is named once.
 *
 * A number that is a safe integer becomes an int, any other a float; one that came out of a context as a float stays one. Nothing is changed to make it fit: what the
 * tree cannot hold (undefined, functions, dates, sets, class instances, other typed arrays than Uint8Array) is refused.
 *
 * @param key names the value in errors.
 * @throws {@link DiscomfortError} `VALUE_TYPE` with the place in the value.
 */
export function encodeTree(value: unknown, tensors: Tensor[], key?: string): TaggedJson {
  const names = new Map(tensors.map((tensor, index) => [tensor, String(index)]))
  return encode(value, 0, { step: '', above: undefined, key })

  function encode(value: unknown, depth: number, place: Place): TaggedJson {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return encodeNumber(value)
    if (typeof value === 'bigint') return encodeBigint(value, place)
    if (typeof value === 'object') return encodeObject(value, depth, place)
    throw refused(place, typeof value)
  }

  function encodeObject(value: object, depth: number, place: Place): TaggedJson {
    if (isTensor(value)) return { tensor: nameOf(value) }
    if (isComfyObject(value)) return encodeFields(value.name, value.fields, depth, place)
    if (isTypedValue(value)) return encode(value[typedValue].value, depth, place)
    const array = dtypeOf(value)
    if (array === 'U8' && value instanceof Uint8Array) return { bytes: encodeBase64(value) }
    if (array !== undefined) throw refused(place, `a typed array (${array})`, 'Wrap it with Tensor.from(array, shape).')
    if (depth === DEPTH_LIMIT) throw tooDeep(place)
    if (Array.isArray(value)) {
      // Array.from and not map: a hole must be seen as undefined and refused.
      const items = Array.from(value, (item: unknown, index) =>
        encodeItem(value, index, item, depth + 1, below(place, `[${index}]`)),
      )
      return isTuple(value) ? { tuple: items } : items
    }
    if (value instanceof Map) {
      const keys = new Set(Array.from(value.keys(), pythonKey))
      if (keys.size < value.size) throw refused(place, 'a Map with keys that are equal in Python, like 1 and true')
      return {
        dict: Array.from(value as Map<unknown, unknown>, ([key, item], index): [TaggedJson, TaggedJson] => {
          const step = typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.entry[${index}]`
          const name = encodeKey(key, depth + 1, below(place, step))
          return [name, encodeItem(value, key, item, depth + 1, below(place, step))]
        }),
      }
    }
    if (!isPlainObject(value)) throw refused(place, `an instance of ${nameOfClass(value)}`)
    if (Object.getOwnPropertySymbols(value).some((symbol) => symbol !== wholeFloats))
      throw refused(place, 'an object with symbols as keys')
    return { dict: encodeEntries(value, depth, place) }
  }

  function encodeEntries(record: object, depth: number, place: Place): [TaggedJson, TaggedJson][] {
    return Object.entries(record).map(([key, item]) => {
      const step = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
      return [key, encodeItem(record, key, item, depth + 1, below(place, step))]
    })
  }

  function encodeFields(name: string, fields: object, depth: number, place: Place): TaggedJson {
    if (depth === DEPTH_LIMIT) throw tooDeep(place)
    return { object: [name, { dict: encodeEntries(fields, depth, place) }] }
  }

  /** What lies at a place of a container, which may know of a whole number that it is a float. */
  function encodeItem(container: object, at: unknown, item: unknown, depth: number, place: Place): TaggedJson {
    if (typeof item === 'number' && isFloatAt(container, at)) return encodeFloat(item)
    return encode(item, depth, place)
  }

  /** Keys must be hashable in Python. */
  function encodeKey(key: unknown, depth: number, place: Place): TaggedJson {
    const hashable =
      typeof key !== 'object' ||
      key === null ||
      isTuple(key) ||
      isTensor(key) ||
      isComfyObject(key) ||
      key instanceof Uint8Array
    if (!hashable) throw refused(place, `${nameOfClass(key)} as the key of a Map`)
    if (isTuple(key)) for (const item of key) encodeKey(item, depth + 1, place)
    return encode(key, depth, place)
  }

  function nameOf(tensor: Tensor): string {
    let name = names.get(tensor)
    if (name === undefined) {
      name = String(tensors.length)
      names.set(tensor, name)
      tensors.push(tensor)
    }
    return name
  }
}

/** A safe integer is an int, every other number a float: so that each comes back as the number it was. */
function encodeNumber(value: number): TaggedJson {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? { int: String(value) } : encodeFloat(value)
}

/** A number as a float, also where it is whole. */
export function encodeFloat(value: number): TaggedJson {
  if (Number.isNaN(value)) return { float: 'nan' }
  if (!Number.isFinite(value)) return { float: value > 0 ? 'inf' : '-inf' }
  return Object.is(value, -0) ? { float: '-0' } : value
}

function encodeBigint(value: bigint, place: Place): TaggedJson {
  const text = value.toString()
  if (text.length - (value < 0n ? 1 : 0) > DIGITS_LIMIT)
    throw refused(place, `an integer of more than ${DIGITS_LIMIT} digits`)
  return { int: text }
}

/** Python takes 1, 1.0 and True for one key. */
function pythonKey(key: unknown): unknown {
  if (typeof key === 'boolean') return Number(key)
  return typeof key === 'bigint' && isExactFloat(key) ? Number(key) : key
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  // An Object.prototype of another realm is plain as well.
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
}

function nameOfClass(value: unknown): string {
  const { constructor } = value as { constructor?: { name?: unknown } }
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : 'a class'
}

function below(above: Place, step: string): Place {
  return { step, above }
}

function tooDeep(place: Place): DiscomfortError<'VALUE_TYPE'> {
  return refused(place, `deeper than ${DEPTH_LIMIT} levels (or contains itself)`)
}

function refused(place: Place, found: string, advice = ''): DiscomfortError<'VALUE_TYPE'> {
  const steps: string[] = []
  // A value that contains itself is as deep as the limit: the first steps tell enough.
  let key: string | undefined
  for (let at: Place | undefined = place; at; at = at.above) {
    steps.unshift(at.step)
    key = at.key
  }
  const path = `value${steps.slice(0, 12).join('')}${steps.length > 12 ? '…' : ''}`
  const expected =
    'null, boolean, string, number, bigint, array, tuple, Map, plain object, Uint8Array, Tensor, Image, Mask, Latent, Audio, Video or ComfyObject'
  const subject = key === undefined ? '' : `The value ${JSON.stringify(key.slice(0, 80))}: `
  const message = `${subject}${path} is ${found}, which a context cannot hold. ${advice || `It holds ${expected}.`}`
  const details = { expected, found, reason: path, ...(key === undefined ? {} : { key }) }
  return new DiscomfortError('VALUE_TYPE', message, { details })
}
