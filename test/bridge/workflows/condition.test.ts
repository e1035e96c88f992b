import { describe, expect, it } from 'vitest'
import { isFulfilled } from '../../../src/bridge/workflows/condition.ts'

const holds = (operator: '==' | '!=' | '<' | '<=' | '>' | '>=', value: number | string | boolean, found: unknown) =>
  isFulfilled({ output: 'x', operator, value }, found)

describe('a stop condition', () => {
  it('without a comparison is a BOOLEAN output', () => {
    expect(isFulfilled({ output: 'x' }, true)).toBe(true)
    expect(isFulfilled({ output: 'x' }, false)).toBe(false)
    expect(() => isFulfilled({ output: 'x' }, 1)).toThrow(/needs a BOOLEAN/)
  })

  it('compares numbers, also whole ones of any size', () => {
    expect([1, 2, 3].map((found) => holds('>=', 2, found))).toEqual([false, true, true])
    expect([1, 2, 3].map((found) => holds('<', 2, found))).toEqual([true, false, false])
    expect(holds('>', 7, 2n ** 60n)).toBe(true)
    expect([holds('<=', 2, 2), holds('!=', 2, 2), holds('==', 2, 2n)]).toEqual([true, false, true])
  })

  it('compares texts and booleans for being equal only', () => {
    expect(holds('==', 'good', 'good')).toBe(true)
    expect(holds('!=', false, true)).toBe(true)
    expect(() => holds('<', 'b', 'a')).toThrow(/numbers on both sides/)
  })

  it('refuses a value of another kind', () => {
    expect(() => holds('==', 1, 'one')).toThrow(/needs a number to compare, but got a string/)
    expect(() => holds('>', 1, [1, 2])).toThrow(/got a list/)
    expect(() => holds('>', 1, undefined)).toThrow(/got nothing/)
  })
})
