import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/cli/parse-duration.ts'

describe('a --timeout', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['500ms', 500],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
  ])('%s is %i milliseconds', (given, milliseconds) => {
    expect(parseDuration('--timeout', given)).toBe(milliseconds)
  })

  it.each(['', '0', '-5', 'soon', '5d', '1000h', '1e3'])('refuses "%s"', (given) => {
    expect(() => parseDuration('--timeout', given)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})
