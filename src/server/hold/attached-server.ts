import { DiscomfortError } from '../../errors.ts'
import { attach } from './attach.ts'
import type { Hold, HoldListener } from './hold.ts'
import type { Http } from '../http/http.ts'
import { untilAnswers } from '../http/until-answers.ts'

/**
 * A server that somebody else started and looks after.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`
 */
export async function attachServer(http: Http, signal?: AbortSignal): Promise<Hold> {
  const handshake = await attach(http, signal)
  let listener: HoldListener | undefined
  let isStopped = false
  return {
    http,
    handshake,
    get state() {
      return isStopped ? 'stopped' : 'ready'
    },
    isOurs: false,
    pid: undefined,
    logFile: undefined,
    folder: undefined,
    listen(to) {
      listener = to
    },
    async ready({ signal: until, doubt } = {}) {
      if (!doubt) return
      await untilAnswers(http, until)
      // Perhaps it is another process now, with other nodes.
      listener?.up()
    },
    proved() {},
    explain: (failure) => Promise.resolve(failure),
    isUseless() {
      const reason = 'its thread that executes prompts has died'
      const message = `ComfyUI at ${http.base} answers and runs nothing: ${reason}. Restart it, then run this again.`
      listener?.down(new DiscomfortError('SERVER_CRASHED', message, { details: { logTail: [], reason } }))
    },
    isSilent() {},
    async stop() {
      isStopped = true
    },
  }
}
