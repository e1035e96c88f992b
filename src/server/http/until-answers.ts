import { setTimeout as sleep } from 'node:timers/promises'
import { isDiscomfortError } from '../../errors.ts'
import { request, type Http } from './http.ts'

const pause = 500
const patience = 60_000

/**
 * Asks a server until it answers: it may be on its way back.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE` after a minute
 */
export async function untilAnswers(http: Http, signal?: AbortSignal): Promise<void> {
  const begun = Date.now()
  for (;;) {
    try {
      const response = await request(http, '/queue', { small: true, ...(signal ? { signal } : {}) })
      await response.body?.cancel()
      if (response.status < 500) return
    } catch (error) {
      if (!isDiscomfortError(error, 'SERVER_UNREACHABLE') || Date.now() - begun > patience) throw error
    }
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
  }
}
