import { describe, expect, it, vi } from 'vitest'
import { DiscomfortError, isDiscomfortError } from '../../src/errors.ts'

const closed = new DiscomfortError('CLOSED', 'It is closed.', { details: { what: 'context' }, cause: 'why' })

describe('an error of ours', () => {
  it('is an Error with a code, details and the cause', () => {
    expect(closed).toBeInstanceOf(Error)
    expect(closed).toMatchObject({
      name: 'DiscomfortError',
      code: 'CLOSED',
      message: 'It is closed.',
      details: { what: 'context' },
      cause: 'why',
    })
  })

  it('is plain JSON when it is logged or sent', () => {
    expect(JSON.parse(JSON.stringify({ error: closed }))).toEqual({
      error: { code: 'CLOSED', message: 'It is closed.', details: { what: 'context' } },
    })
  })
})

describe('the guard', () => {
  it('knows our errors, and their code where one is asked for', () => {
    expect(isDiscomfortError(closed)).toBe(true)
    expect(isDiscomfortError(closed, 'CLOSED')).toBe(true)
    expect(isDiscomfortError(closed, 'TIMEOUT')).toBe(false)
  })

  it('knows the errors of another copy of the package', async () => {
    vi.resetModules()
    const other = await import('../../src/errors.ts')
    const foreign = new other.DiscomfortError('TIMEOUT', 'Too late.', { details: { after: 5, what: 'run' } })
    expect(foreign).not.toBeInstanceOf(DiscomfortError)
    expect(isDiscomfortError(foreign, 'TIMEOUT')).toBe(true)
    expect(other.isDiscomfortError(closed, 'CLOSED')).toBe(true)
  })

  it('takes nothing else for one', () => {
    for (const other of [new Error('no'), { code: 'CLOSED' }, 'CLOSED', 1, null, undefined])
      expect(isDiscomfortError(other)).toBe(false)
  })
})
