import { describe, expect, it } from 'vitest'
import { coerceValue } from '../../src/validate/coerce-value.ts'

const made = (type: string, value: unknown): unknown => {
  const coerced = coerceValue(type, value)
  return coerced.kind === 'value' ? coerced.value : coerced.kind
}

describe('a constant as the server reads it', () => {
  it.each<[unknown, unknown]>([
    [7.9, 7],
    [-7.9, -7],
    [' 1_2 ', 12],
    ['+3', 3],
    ['１２', 12],
    ['𝟟', 7],
    ['18446744073709551615', 18446744073709551615n],
    [true, 1],
    ['7.5', 'unreadable'],
    ['1__0', 'unreadable'],
    ['', 'unreadable'],
    [null, 'unreadable'],
    [Infinity, 'unreadable'],
    ['9'.repeat(5000), 'unreadable'],
  ])('INT: %j becomes %s', (value, expected) => expect(made('INT', value)).toBe(expected))

  it.each<[unknown, unknown]>([
    ['7.5e0', 7.5],
    [' .5', 0.5],
    ['1_0.5', 10.5],
    ['-inf', -Infinity],
    ['NaN', Number.NaN],
    [false, 0],
    [10n ** 400n, 'unreadable'],
    ['7,5', 'unreadable'],
    ['.', 'unreadable'],
    [{}, 'unreadable'],
  ])('FLOAT: %s becomes %s', (value, expected) => expect(made('FLOAT', value)).toBe(expected))

  it.each<[unknown, boolean]>([
    ['false', true],
    ['', false],
    [0, false],
    [null, false],
    [Number.NaN, true],
    [{}, false],
    [[0], true],
  ])('BOOLEAN: %j becomes %s', (value, expected) => expect(made('BOOLEAN', value)).toBe(expected))
})
