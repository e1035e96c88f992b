import type { Remark } from './check-context.ts'
import { remark } from './check-context.ts'
import type { CheckedNode } from './checked-node.ts'
import type { DeclaredInput } from './declared-inputs.ts'
import { isNumeric } from './same-value.ts'
import { sayNode, sayType, sayValue } from './say.ts'

/** Looks whether a value lies between the least and the most that an input takes. */
export function checkRange(
  node: CheckedNode,
  { name, type, options }: DeclaredInput,
  value: unknown,
): readonly Remark[] {
  const [min, max] = [exactLimit(options['min'], type), exactLimit(options['max'], type)]
  if (!isNumeric(min) && !isNumeric(max)) return []
  const what = `The input ${name} of ${sayNode(node)}`
  if (!isNumeric(value)) {
    const message = `${what} takes a number (${sayType(type)}), and ${sayValue(value)} is none. Give it one.`
    return [remark('error', 'VALUE_UNREADABLE', message, { input: name })]
  }
  if (isNumeric(min) && value < min) {
    const message = `${what} is ${sayValue(value)}; the least is ${sayValue(min)}. Set it to that or more.`
    return [remark('error', 'VALUE_BELOW_MIN', message, { input: name, nearest: [min] })]
  }
  if (isNumeric(max) && value > max) {
    const message = `${what} is ${sayValue(value)}; the most is ${sayValue(max)}. Set it to that or less.`
    return [remark('error', 'VALUE_ABOVE_MAX', message, { input: name, nearest: [max] })]
  }
  return []
}

/** Limits of 64 bits (2^64 - 1) were rounded to a power of two where the definitions went through plain JSON. */
function exactLimit(limit: unknown, type: unknown): unknown {
  if (
    (type !== 'INT' && type !== 'FLOAT') ||
    typeof limit !== 'number' ||
    !Number.isInteger(limit) ||
    Number.isSafeInteger(limit)
  )
    return limit
  const size = BigInt(Math.abs(limit))
  if ((size & (size - 1n)) !== 0n) return limit
  return limit < 0 ? 1n - size : size - 1n
}
