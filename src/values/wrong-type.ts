import { DiscomfortError } from '../errors.ts'
import { isComfyObject } from './comfy-object.ts'

/** What a type error tells beside what was expected and found. */
export interface WrongTypeOptions {
  key?: string | undefined
  reason?: string | undefined
}

/** The error for a value that is not of the type that was asked for. */
export function wrongType(
  expected: string,
  found: string,
  { key, reason }: WrongTypeOptions = {},
): DiscomfortError<'VALUE_TYPE'> {
  const subject = key === undefined ? 'The value' : `The value ${JSON.stringify(key.slice(0, 80))}`
  const message = `${subject} is ${found}, and ${expected} is wanted.${reason ? ` ${reason}` : ''}`
  return new DiscomfortError('VALUE_TYPE', message, {
    details: { ...(key === undefined ? {} : { key }), expected, found, ...(reason ? { reason } : {}) },
  })
}

/** The error for a whole number that JavaScript's numbers do not hold exactly. */
export function unsafeInt(value: string, key?: string): DiscomfortError<'INT_UNSAFE'> {
  const subject = key === undefined ? 'The number' : `The value ${JSON.stringify(key.slice(0, 80))},`
  const message = `${subject} ${value} is not exact as a JavaScript number. Use a bigint (kind "BIGINT").`
  return new DiscomfortError('INT_UNSAFE', message, { details: { value, ...(key === undefined ? {} : { key }) } })
}

/** A few words that tell a person what a JavaScript value is. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${String(value)}`
  if (typeof value === 'bigint') return `the bigint ${value.toString().slice(0, 40)}`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (isComfyObject(value)) return `an object of ComfyUI's class ${value.name}`
  return typeof value === 'object' ? `an object (${classOf(value)})` : typeof value
}

function classOf(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } }
  return typeof constructor?.name === 'string' ? constructor.name : 'Object'
}
