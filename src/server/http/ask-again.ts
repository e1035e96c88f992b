import { setTimeout as sleep } from 'node:timers/promises'

/** The pauses between attempts, in milliseconds. A proxy or network that stumbled is back by then, or is not at all. */
const pauses = [50, 200, 600] as const
/** Which part of the patience each attempt has; the last one has what is left. */
const parts = [1 / 8, 1 / 4] as const

/** How often and how long something is asked. */
export interface Patience<Answer> {
  /** How long all attempts together may take, in milliseconds; without it each takes what it takes. */
  readonly limit: number | undefined
  /** Whether one that failed so is worth another attempt. */
  readonly isTransient: (error: unknown) => boolean
  /** Whether an answer is worth another attempt, such as that of a proxy whose server is not there. It counts as the last one. */
  readonly isPoor: (answer: Answer) => boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks a few times with growing pauses until there is an answer. Only for what may be asked twice.
 *
 * @param ask one attempt, with the time that it has
 * @throws what the last attempt threw
 */
export async function askAgain<Answer>(
  ask: (limit: number | undefined) => Promise<Answer>,
  { limit, isTransient, isPoor, signal }: Patience<Answer>,
): Promise<Answer> {
  const end = limit === undefined ? Infinity : performance.now() + limit
  for (let attempt = 0; ; attempt += 1) {
    const pause = pauses[attempt]
    const part = parts[attempt]
    const left = end - performance.now()
    const time = limit === undefined ? undefined : Math.max(1, part === undefined ? left : Math.min(left, limit * part))
    const hasTime = (more: number): boolean => performance.now() + more < end
    try {
      const answer = await ask(time)
      if (pause === undefined || !isPoor(answer) || !hasTime(pause)) return answer
    } catch (error) {
      if (pause === undefined || signal?.aborted || !isTransient(error)) throw error
      // Who did not answer in time was waited for already.
      if ((error as Error).name === 'TimeoutError') {
        if (!hasTime(0)) throw error
        continue
      }
      if (!hasTime(pause)) throw error
    }
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
  }
}
