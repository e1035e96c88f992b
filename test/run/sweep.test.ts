import { describe, expect, it } from 'vitest'
import { product, zip } from '../../src/run/sweep.ts'
import { failure } from '../support/failure.ts'

describe('the points of a sweep', () => {
  it('are all combinations, the last name fastest', () => {
    expect(product({ a: [1, 2], b: ['x', 'y'] })).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
    ])
    expect(product({ a: [1, 2], b: [] })).toEqual([])
    expect(product({})).toEqual([{}])
  })

  it('are the values side by side', () => {
    expect(zip({ a: [1, 2], b: ['x', 'y'] })).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ])
    expect(zip({})).toEqual([])
  })

  it('cannot be put side by side where the lists are not equally long', async () => {
    const { details, message } = await failure('CONFIG_INVALID', () => zip({ a: [1, 2], b: ['x'] }))
    expect(details).toMatchObject({ key: 'b' })
    expect(message).toContain('"a" has 2 values, "b" has 1')
  })
})
