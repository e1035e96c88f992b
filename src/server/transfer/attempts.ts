import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'

const mostFailures = 6
const firstPause = 200

/**
 * A transfer that goes on after its connection broke: each step forward counts the failures anew, and each failure waits
 * twice as long as the one before.
 */
export class Attempts {
  readonly #subject: string
  readonly #signal: AbortSignal
  #reached = 0
  #failures = 0

  /** @param subject what is transferred, and where to or from */
  constructor(subject: string, signal: AbortSignal) {
    this.#subject = subject
    this.#signal = signal
  }

  /** So many bytes have arrived. */
  reached(bytes: number): void {
    if (bytes > this.#reached) this.#failures = 0
    this.#reached = Math.max(bytes, this.#reached)
  }

  /**
   * Waits before the next attempt.
   * @throws {@link DiscomfortError} `SERVER_UNREACHABLE` after too many; what no other attempt would change, as it is
   */
  async failed(error: unknown): Promise<void> {
    this.#signal.throwIfAborted()
    if (!isDiscomfortError(error, 'SERVER_UNREACHABLE')) throw error
    this.#failures += 1
    if (this.#failures === mostFailures) throw this.#lost(error)
    try {
      await sleep(firstPause * 2 ** (this.#failures - 1), undefined, { signal: this.#signal })
    } catch {
      this.#signal.throwIfAborted()
    }
  }

  #lost(cause: DiscomfortError<'SERVER_UNREACHABLE'>): DiscomfortError<'SERVER_UNREACHABLE'> {
    const { url, reason } = cause.details
    const message = `${this.#subject} at ${url} broke off at byte ${this.#reached}, and ${mostFailures} attempts to go on failed: ${reason}. Is it still running?`
    return new DiscomfortError('SERVER_UNREACHABLE', message, { details: { url, reason }, cause })
  }
}
