import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError } from '../../errors.ts'
import { closed } from '../hold/closed.ts'
import { explainByEnd } from '../hold/explain-by-end.ts'
import type { Hold, HoldListener, HoldState } from '../hold/hold.ts'
import { untilAnswers } from '../http/until-answers.ts'
import { orAborted } from '../or-aborted.ts'
import { logTail } from './log-tail.ts'
import type { ManagedServer, ManagedServerOptions } from './managed-server.ts'
import { serverFolder } from './server-folders.ts'

/** How often a server may end in a row, without a job that succeeded in between, before it is not started again. */
const mostDeaths = 5
/** Who has lived so long does not count as one of a row, in milliseconds. */
const longLife = 60_000

type Crash = DiscomfortError<'SERVER_CRASHED'>

/** The pause before a start after so many deaths in a row, in milliseconds: none, 1 s, 2 s, 4 s … */
function pauseAfter(deaths: number): number {
  return deaths <= 1 ? 0 : 1000 * 2 ** (deaths - 2)
}

/** How a server is started, at first and again. */
export interface Supervision extends Pick<ManagedServerOptions, 'installation' | 'output' | 'args'> {
  readonly launch: (signal?: AbortSignal) => Promise<ManagedServer>
}

/**
 * Starts a ComfyUI and starts it again whenever it ends while it is in use, with growing pauses; gives it up after five
 * deaths in a row.
 * @throws {@link DiscomfortError} `SERVER_START_FAILED` where the first start fails
 */
export async function superviseServer(how: Supervision, signal?: AbortSignal): Promise<Hold> {
  let server = await how.launch(signal)
  const { http } = server
  const stopping = new AbortController()
  const listeners: HoldListener[] = []
  let state: HoldState = 'ready'
  let reason: string | undefined
  let crash: Promise<Crash> | undefined
  let deaths = 0
  let since = Date.now()
  let coming: Promise<void> = Promise.resolve()
  let stopped: Promise<void> | undefined

  function watch(watched: ManagedServer): void {
    void watched.process.exited.then(() => {
      if (state !== 'ready' || watched !== server) return
      state = 'restarting'
      crash = crashOf(watched, reason)
      coming = comeBack(watched, crash)
      coming.catch(() => undefined)
    })
  }

  async function comeBack(dead: ManagedServer, ended: Promise<Crash>): Promise<void> {
    const error = await ended
    reason = undefined
    for (const listener of listeners) listener.down(error)
    await dead.stop()
    deaths = Date.now() - since > longLife ? 1 : deaths + 1
    let last: unknown = error
    for (; deaths <= mostDeaths; deaths += 1) {
      try {
        await sleep(pauseAfter(deaths), undefined, { signal: stopping.signal })
        return adopt(await how.launch(stopping.signal))
      } catch (cause) {
        if (stopping.signal.aborted) throw closed()
        last = cause
      }
    }
    state = 'failed'
    for (const listener of listeners) listener.gone()
    throw givenUp(last, error)
  }

  async function adopt(next: ManagedServer): Promise<void> {
    if (stopping.signal.aborted) {
      await next.stop()
      throw closed()
    }
    server = next
    http.base = next.http.base
    since = Date.now()
    crash = undefined
    state = 'ready'
    for (const listener of listeners) listener.up()
    watch(next)
  }

  function end(why: string): void {
    if (state !== 'ready' || server.process.exit) return
    reason = why
    server.process.kill()
  }

  async function stop(): Promise<void> {
    state = 'stopped'
    stopping.abort()
    await coming.catch(() => undefined)
    await server.stop()
  }

  watch(server)
  return {
    http,
    get handshake() {
      return server.handshake
    },
    get state() {
      return state
    },
    isOurs: true,
    get pid() {
      return server.process.pid
    },
    get logFile() {
      return server.logFile
    },
    folder: (type) => serverFolder(type, { ...how, ownFolder: server.ownFolder }),
    listen: (listener) => void listeners.push(listener),
    async ready({ signal: until, doubt } = {}) {
      for (;;) {
        if (state === 'stopped') throw closed()
        if (state === 'ready') {
          if (!doubt) return
          // Its end may not have been told yet.
          await Promise.race([untilAnswers(http, until), server.process.exited])
          if (!server.process.exit) return
          await new Promise((resolve) => setImmediate(resolve))
        } else await orAborted(coming, until)
      }
    },
    proved() {
      deaths = 0
    },
    explain: (failure) => explainByEnd(failure, server.process.exited, () => crash),
    isUseless: () => end('its thread that executes prompts had died'),
    isSilent: () => end('it did not answer any more'),
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

async function crashOf({ process: group, logFile }: ManagedServer, reason: string | undefined): Promise<Crash> {
  const tail = await logTail(logFile)
  const { code, signal } = group.exit ?? {}
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`
  const what = reason === undefined ? how : `was stopped, because ${reason}`
  return new DiscomfortError(
    'SERVER_CRASHED',
    `ComfyUI ${what} while it was in use. It is started again; run this again, or pass retries. Its log: ${logFile}\n${tail.slice(-10).join('\n')}`,
    {
      details: {
        logTail: tail,
        logFile,
        ...(reason === undefined ? {} : { reason }),
        ...(typeof code === 'number' ? { exitCode: code } : {}),
        ...(signal ? { signal } : {}),
      },
    },
  )
}

function givenUp(cause: unknown, { details }: Crash): Crash {
  const message = `ComfyUI ended ${mostDeaths} times in a row and is not started again. Mend the cause, then create a new handle. Its log: ${details.logFile}`
  return new DiscomfortError('SERVER_CRASHED', message, { details, cause })
}
