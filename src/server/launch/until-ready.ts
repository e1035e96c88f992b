import { setTimeout as sleep } from 'node:timers/promises'
import { isDiscomfortError } from '../../errors.ts'
import type { Handshake } from '../../schema/handshake.ts'
import { readHandshake } from '../knowledge/handshake.ts'
import { request, type Http } from '../http/http.ts'
import { groupListens } from './group-listens.ts'
import { logTail } from './log-tail.ts'
import type { ProcessGroup } from './process-group.ts'
import { startFailure } from './start-failure.ts'
import { packHint, portHint, startHint } from './start-hint.ts'

/** Custom nodes of other people may take minutes to load. */
const defaultStartTimeout = 300_000
const pollEvery = 40

interface StartingServer {
  readonly http: Http
  readonly group: ProcessGroup
  readonly port: number
  readonly nonce: string
  readonly logFile: string
}

interface Waiting {
  /** The port that was asked for. */
  readonly port?: number | undefined
  readonly startTimeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The first answer of the pack of this launch. Undefined where somebody else has the port.
 * @throws {@link DiscomfortError} `SERVER_START_FAILED`
 */
export async function untilReady(server: StartingServer, waiting: Waiting): Promise<Handshake | undefined> {
  const { http, group, port, nonce, logFile } = server
  const limit = waiting.startTimeout ?? defaultStartTimeout
  const deadline = Date.now() + limit
  for (;;) {
    waiting.signal?.throwIfAborted()
    if (group.exit) return afterExit(server, waiting)
    // A server that takes connections and does not answer must not outlast the time and the signal.
    const patience = AbortSignal.timeout(Math.max(1, Math.min(5000, deadline - Date.now())))
    const signal = waiting.signal ? AbortSignal.any([waiting.signal, patience]) : patience
    const answer = await readHandshake(http, signal).catch((error: unknown) => ({ error }))
    if (answer && 'nonce' in answer && answer.nonce === nonce) return answer
    const error = answer && 'error' in answer ? answer.error : undefined
    waiting.signal?.throwIfAborted()
    if (!isDiscomfortError(error, 'SERVER_UNREACHABLE') && (error === undefined || error !== patience.reason)) {
      // Somebody answers, and not as our server should: it is another one, or ours without its pack.
      if ((answer && 'nonce' in answer) || (await groupListens(group.pid, port)) === false) return undefined
      throw error ?? (await withoutPack(server))
    }
    if (Date.now() > deadline)
      throw startFailure(`it did not answer within ${limit} ms`, await logTail(logFile), {
        logFile,
        hint: 'raise startTimeout, or load fewer custom nodes with customNodes',
      })
    await Promise.race([sleep(pollEvery), group.exited])
  }
}

/** Undefined where it ended because somebody has the port that we chose. */
async function afterExit({ group, logFile }: StartingServer, { port }: Waiting): Promise<undefined> {
  const { code, signal } = group.exit ?? {}
  const tail = await logTail(logFile)
  const hint = signal === 'SIGKILL' ? killedHint : startHint(tail)
  if (port === undefined && hint === portHint) return undefined
  const how = signal ? `by ${signal}` : `with exit code ${code}`
  throw startFailure(`it ended ${how} before it answered`, tail, { exitCode: code ?? undefined, logFile, hint })
}

const killedHint =
  'the system killed it because memory ran out (or somebody did by hand): close other programs, or load fewer custom nodes with customNodes'

async function withoutPack({ http, logFile }: StartingServer): Promise<Error> {
  const answer = await request(http, '/discomfort/handshake', { small: true })
  const body = (await answer.json().catch(() => undefined)) as
    | { error?: { type?: string; details?: string } }
    | undefined
  if (body?.error?.type === 'discomfort_store_unusable')
    return startFailure(`its store of values cannot be used (${body.error.details})`, [], {
      logFile,
      hint: 'DISCOMFORT_STORE names a folder that cannot be written to, or its disk is full',
    })
  const hint = packHint(await logTail(logFile, 1000))
  return startFailure('it runs, but the Discomfort pack did not load', await logTail(logFile, 60), { logFile, hint })
}
