import { describe, expect, it, vi } from 'vitest'
import { DiscomfortError } from '../../src/errors.ts'
import { executionLimit } from '../../src/run/execution-limit.ts'

const aborted = new DiscomfortError('ABORTED', 'interrupted', { details: { reason: 'interrupted' } })
const signal = new AbortController().signal

describe('a limit of execution', () => {
  it('counts from the first beginning on, and not before', () => {
    vi.useFakeTimers()
    try {
      const limit = executionLimit({ signal, executionTimeout: 100 })
      vi.advanceTimersByTime(1000)
      expect(limit.signal.aborted).toBe(false)
      limit.begin()
      vi.advanceTimersByTime(60)
      limit.begin()
      vi.advanceTimersByTime(60)
      expect(limit.signal.aborted).toBe(true)
      expect(limit.reason(aborted)).toMatchObject({ code: 'TIMEOUT', details: { after: 100, what: 'execution' } })
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not count what comes after the end, and leaves errors as they are', () => {
    vi.useFakeTimers()
    try {
      const limit = executionLimit({ signal, executionTimeout: 100 })
      limit.begin()
      limit.end()
      vi.advanceTimersByTime(1000)
      expect(limit.signal.aborted).toBe(false)
      expect(limit.reason(aborted)).toBe(aborted)
    } finally {
      vi.useRealTimers()
    }
  })

  it('hides neither another error nor that the run was ended otherwise', () => {
    vi.useFakeTimers()
    try {
      const run = new AbortController()
      const limit = executionLimit({ signal: run.signal, executionTimeout: 100 })
      limit.begin()
      vi.advanceTimersByTime(100)
      const failed = new Error('failed first')
      expect(limit.reason(failed)).toBe(failed)
      run.abort()
      expect(limit.reason(aborted)).toBe(aborted)
    } finally {
      vi.useRealTimers()
    }
  })

  it('that is none, or longer than a timer can hold, is the signal of the run', () => {
    expect(executionLimit({ signal }).signal).toBe(signal)
    expect(executionLimit({ signal, executionTimeout: Infinity }).signal).toBe(signal)
  })
})
