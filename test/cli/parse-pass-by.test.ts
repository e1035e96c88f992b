import { describe, expect, it } from 'vitest'
import { parseCount } from '../../src/cli/parse-count.ts'
import { parsePassBy } from '../../src/cli/parse-pass-by.ts'
import { failure } from '../support/failure.ts'

describe('--pass-by', () => {
  it('is one way for all, or one for each name', () => {
    expect(parsePassBy([])).toBeUndefined()
    expect(parsePassBy(['ref'])).toBe('ref')
    expect(parsePassBy(['resident'])).toBe('resident')
    expect(parsePassBy(['model=val', 'a=b=ref'])).toEqual({ model: 'val', 'a=b': 'ref' })
  })

  it('is nothing else', async () => {
    for (const given of [['both'], ['=ref'], ['model=all'], ['ref', 'model']])
      expect((await failure('CONFIG_INVALID', () => parsePassBy(given))).details).toMatchObject({ key: '--pass-by' })
  })
})

describe('--iterations', () => {
  it('is a whole number from 1', async () => {
    expect(parseCount('--iterations', '3')).toBe(3)
    for (const given of ['0', '-1', '1.5', 'many', ''])
      expect((await failure('CONFIG_INVALID', () => parseCount('--iterations', given))).message).toContain(
        'no whole number from 1',
      )
  })
})
