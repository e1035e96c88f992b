import { describe, expect, it } from 'vitest'
import { DiscomfortError } from '../../src/errors.ts'
import { isServerLost, retryPolicy, type Retries } from '../../src/run/retry-policy.ts'
import { failure } from '../support/failure.ts'

const crashed = new DiscomfortError('SERVER_CRASHED', 'gone', { details: { logTail: [], reason: 'killed' } })
const away = new DiscomfortError('SERVER_UNREACHABLE', 'away', { details: { url: 'http://a', reason: 'ECONNREFUSED' } })
const full = new DiscomfortError('STORE_FULL', 'full', { details: {} })
const aborted = new DiscomfortError('ABORTED', 'over', { details: { reason: 'cancel()' } })

describe('what is tried again', () => {
  it('is nothing, where nothing is said', () => {
    expect(retryPolicy()(crashed, 1)).toBe(false)
  })

  it('is what a lost server had, so many times', () => {
    const policy = retryPolicy(2)
    expect([1, 2, 3].map((attempt) => policy(crashed, attempt))).toEqual([true, true, false])
    expect([away, full, aborted, new Error('mine')].map((error) => policy(error, 1))).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect([crashed, away, full].map(isServerLost)).toEqual([true, true, false])
  })

  it('is also what is named', () => {
    const policy = retryPolicy({ times: 1, on: ['STORE_FULL'] })
    expect([crashed, full, aborted].map((error) => policy(error, 1))).toEqual([true, true, false])
  })

  it('is refused where it can be no number, or no code that might go better', async () => {
    const bad = [-1, 0.5, Number.NaN, { times: -1 }, {}, { times: 1, ons: [] }, 'often'] as unknown as Retries[]
    for (const retries of bad) await failure('CONFIG_INVALID', () => retryPolicy(retries))
    for (const code of ['ABORTED', 'TIMEOUT', 'CLOSED', 'SUBMIT_UNKNOWN'] as const) {
      const { details } = await failure('CONFIG_INVALID', () => retryPolicy({ times: 1, on: [code] }))
      expect(details).toEqual({ key: 'retries.on', reason: `${code} is never tried again` })
    }
  })
})
