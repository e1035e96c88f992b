import { DiscomfortError } from '../../errors.ts'
import type { RunLoop } from '../../schema/bridge.ts'

/** When a loop ends early. */
type Condition = NonNullable<RunLoop['until']>

/**
 * Whether an output's value fulfils the condition. Texts and booleans can be equal or not; numbers also be compared.
 * @throws {@link DiscomfortError} `VALUE_TYPE`
 */
export function isFulfilled({ output, operator, value: wanted }: Condition, found: unknown): boolean {
  const plain = typeof found === 'bigint' ? Number(found) : found
  if (operator === undefined) {
    if (typeof plain === 'boolean') return plain
    throw unfit(output, 'a BOOLEAN, or a comparison such as score >= 0.8', found)
  }
  if (operator === '==' || operator === '!=') {
    if (typeof plain !== typeof wanted) throw unfit(output, `a ${typeof wanted} to compare`, found)
    return (plain === wanted) === (operator === '==')
  }
  if (typeof plain !== 'number' || typeof wanted !== 'number')
    throw unfit(output, `numbers on both sides of ${operator}`, found)
  if (operator === '<') return plain < wanted
  if (operator === '<=') return plain <= wanted
  return operator === '>' ? plain > wanted : plain >= wanted
}

function unfit(key: string, expected: string, value: unknown): DiscomfortError<'VALUE_TYPE'> {
  const found = value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  return new DiscomfortError(
    'VALUE_TYPE',
    `The stop condition of the loop looks at "${key}": it needs ${expected}, but got ${found}.`,
    {
      details: { key, expected, found },
    },
  )
}
