import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError } from '../../errors.ts'
import { closed } from '../hold/closed.ts'
import { explainByEnd } from '../hold/explain-by-end.ts'
import type { Hold, HoldListener, HoldState } from '../hold/hold.ts'
import { logTail } from '../launch/log-tail.ts'
import type { ManagedServerOptions } from '../launch/managed-server.ts'
import { serverFolder } from '../launch/server-folders.ts'
import { untilAnswers } from '../http/until-answers.ts'
import { findStayingServer, type StayingServer } from './find-staying-server.ts'

/** How long a server that has ended is waited for where a run may be repeated, in milliseconds. */
const patience = 60_000
const pause = 500

/** A server of `discomfort up`: its folders are known, and it is neither stopped nor started again by us. */
export function holdStayingServer(found: StayingServer, options: ManagedServerOptions): Hold {
  let server = found
  let state: HoldState = 'ready'
  let crash: Promise<DiscomfortError<'SERVER_CRASHED'>> | undefined
  let listener: HoldListener | undefined
  const { http } = found

  function watch(watched: StayingServer): void {
    void watched.process.exited.then(async () => {
      if (state !== 'ready' || watched !== server) return
      state = 'failed'
      crash = crashOf(watched)
      listener?.down(await crash)
    })
  }

  /** Somebody may bring it up again. */
  async function comeBack(signal: AbortSignal | undefined): Promise<void> {
    for (const begun = Date.now(); ;) {
      const next = await findStayingServer({ ...options, signal })
      if (next) {
        server = next
        crash = undefined
        http.base = next.http.base
        state = 'ready'
        watch(next)
        listener?.up()
        return
      }
      if (Date.now() - begun > patience) throw (await crash) ?? closed()
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
    }
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
    isOurs: false,
    get pid() {
      return server.process.pid
    },
    get logFile() {
      return server.logFile
    },
    folder: (type) => serverFolder(type, { ...options, ownFolder: server.ownFolder }),
    listen(to) {
      listener = to
    },
    async ready({ signal, doubt } = {}) {
      if (state === 'stopped') throw closed()
      if (state === 'ready' && !doubt) return
      if (state === 'ready') await Promise.race([untilAnswers(http, signal), server.process.exited])
      if (state === 'ready' && !server.process.exit) return
      if (!doubt) throw (await crash) ?? closed()
      await comeBack(signal)
    },
    proved() {},
    explain: (failure) => explainByEnd(failure, server.process.exited, () => crash),
    isUseless() {
      const reason = 'its thread that executes prompts has died'
      const message = `ComfyUI of \`discomfort up\` at ${http.base} answers and runs nothing: ${reason}. Run \`discomfort down\`, then \`discomfort up\`.`
      listener?.down(
        new DiscomfortError('SERVER_CRASHED', message, { details: { logTail: [], logFile: server.logFile, reason } }),
      )
    },
    isSilent() {},
    async stop() {
      state = 'stopped'
      await server.stop()
    },
  }
}

async function crashOf({ logFile }: StayingServer): Promise<DiscomfortError<'SERVER_CRASHED'>> {
  const tail = await logTail(logFile)
  const message = `ComfyUI of \`discomfort up\` has ended while it was in use. Start it again with \`discomfort up\`. Its log: ${logFile}\n${tail.slice(-10).join('\n')}`
  return new DiscomfortError('SERVER_CRASHED', message, { details: { logTail: tail, logFile } })
}
