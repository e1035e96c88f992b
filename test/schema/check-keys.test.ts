import { describe, expect, it } from 'vitest'
import { checkKeys } from '../../src/schema/check-keys.ts'

describe('options', () => {
  it('may be any of those that are known, also undefined ones', () => {
    expect(() => checkKeys({ timeout: undefined }, ['timeout', 'signal'], 'run')).not.toThrow()
    expect(() => checkKeys({}, [], 'run')).not.toThrow()
  })

  it('that nobody reads are refused with the nearest name', () => {
    expect(() => checkKeys({ timeut: 5 }, ['signal', 'timeout'], 'run')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: 'run has no option "timeut". Did you mean "timeout"? It takes signal, timeout.',
        details: { key: 'timeut', reason: 'unknown option', nearest: 'timeout' },
      }),
    )
  })

  it('are not taken from prototypes', () => {
    expect(() => checkKeys({ toString: 1 }, ['timeout'], 'run')).toThrow('"toString"')
    expect(() => checkKeys(Object.create({ inherited: 1 }) as object, ['timeout'], 'run')).not.toThrow()
  })
})
