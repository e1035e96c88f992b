import { isLosslessNumber, parse } from 'lossless-json'
import { corruptValue } from '../../values/corrupt-value.ts'
import { encodeFloat } from '../../values/encode-tree.ts'
import type { TaggedJson } from '../../values/tagged-json.ts'

/**
 * The tree of a JSON text of whoever's making: numbers with a point or an exponent are floats, others ints of any size.
 *
 * @param name names the file in errors.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`
 */
export function readPlainJson(text: string, name: string): TaggedJson {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw corruptValue(name, `it is no JSON: ${(error as Error).message}`, error)
  }
  return toTree(value, name)
}

function toTree(value: unknown, name: string): TaggedJson {
  if (isLosslessNumber(value)) return toNumber(value.value, name)
  if (Array.isArray(value)) return value.map((item) => toTree(item, name))
  if (typeof value !== 'object' || value === null) return value as null | boolean | string
  return { dict: Object.entries(value).map(([key, item]) => [key, toTree(item, name)]) }
}

function toNumber(text: string, name: string): TaggedJson {
  if (/^(0|-?[1-9][0-9]*)$/.test(text)) return { int: text }
  const number = Number(text)
  if (!Number.isFinite(number)) throw corruptValue(name, `it holds the number ${text.slice(0, 40)}, which no float is`)
  return encodeFloat(number)
}
