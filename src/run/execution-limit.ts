import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import { longestTimer } from '../server/longest-timer.ts'

/** Ends one job that runs too long: its waiting in the queue does not count. */
export interface ExecutionLimit {
  /** Fires when the run is over, or the job has run for too long. */
  readonly signal: AbortSignal
  /** The job has begun to run. */
  begin(): void
  end(): void
  /** What ended the job: a job that was cancelled because of its time ends in `TIMEOUT`. */
  reason(error: unknown): unknown
}

export function executionLimit({
  signal,
  executionTimeout: after,
}: {
  readonly signal: AbortSignal
  readonly executionTimeout?: number | undefined
}): ExecutionLimit {
  if (after === undefined || after > longestTimer) return { signal, begin() {}, end() {}, reason: (error) => error }
  const tooLong = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const message = `A workflow of the run did not end within ${after} ms after its start; its job was cancelled. Raise executionTimeout, or look at what the server does.`
  return {
    signal: AbortSignal.any([signal, tooLong.signal]),
    begin() {
      timer ??= setTimeout(
        () => tooLong.abort(new DiscomfortError('TIMEOUT', message, { details: { after, what: 'execution' } })),
        after,
      )
    },
    end: () => clearTimeout(timer),
    reason: (error) =>
      tooLong.signal.aborted && !signal.aborted && isDiscomfortError(error, 'ABORTED') ? tooLong.signal.reason : error,
  }
}
