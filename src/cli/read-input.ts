import { parseJsonText } from '../workflow/json-text.ts'
import { openInputFile } from './open-input-file.ts'
import type { Assignment } from './parse-assignment.ts'
import { usageError } from './usage-error.ts'

/**
 * The value of an `--input` for a port or address of a type. Text stays text where text is taken, and is never bent:
 * `7.9` is no INT. A type of which nothing is known takes numbers, `true` and `false` as such.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID` for text that is no value of the type, and what {@link openInputFile} throws
 */
export async function readInput(assignment: Assignment, type: string): Promise<unknown> {
  const { form, name, text } = assignment
  if (form === 'file') return openInputFile(text, type, name)
  if (form === 'json') return fromJson(name, text)
  const value = fromText(text, type)
  if (value !== undefined) return value
  throw usageError('--input', `--input ${name}=${text}: ${type} is wanted there${hint(type)}.`)
}

const integer = /^[+-]?\d+$/
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function fromText(text: string, type: string): unknown {
  const members = type.split(',')
  if (members.includes('INT') && integer.test(text)) return exactInteger(text)
  if (members.includes('FLOAT') && decimal.test(text)) return Number(text)
  if (members.includes('BOOLEAN') && (text === 'true' || text === 'false')) return text === 'true'
  if (members.some((member) => member === 'STRING' || member === 'COMBO')) return text
  if (!members.includes('*')) return undefined
  if (integer.test(text)) return exactInteger(text)
  if (decimal.test(text)) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}

function exactInteger(text: string): number | bigint {
  const digits = text.replace(/^\+/, '')
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}

function fromJson(name: string, text: string): unknown {
  try {
    return parseJsonText(text)
  } catch (error) {
    throw usageError('--input', `--input ${name}:=${text}: ${(error as Error).message}`)
  }
}

function hint(type: string): string {
  if (type === 'IMAGE' || type === 'MASK') return `: name a picture with @, as in @picture.png`
  if (type === 'BOOLEAN') return ': true or false'
  if (type === 'INT' || type === 'FLOAT') return ''
  return '. Give a file with @, or JSON with :='
}
