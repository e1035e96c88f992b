import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ok, refuse, type FakeRequest, type FakeResponse } from './answer.ts'
import { canonicalBody, canonicalPath } from './canonical.ts'
import { createSockets } from './fake-sockets.ts'
import { createValues } from './fake-values.ts'
import { isSubmit, recordedJobs } from './recorded-jobs.ts'
import { readRecording, toBytes, type RecordedExchange, type Recording } from './recording.ts'
import { createReplayedJobs, type ReplayedJobs } from './replayed-jobs.ts'
import { writeAnswer } from './write-answer.ts'

/** A ComfyUI that answers from a recording. It ends with `await using`. */
export interface ComfyUIReplay extends AsyncDisposable {
  /** Its address, on a free port of this machine. */
  readonly url: string
  /** The requests that the recording does not have, as `GET /path`. */
  readonly unanswered: readonly string[]
}

/**
 * Starts a server that answers from a recording: a file, or what a recorder holds. Ids that differ from run to run are
 * left out of the comparison, and answers and messages come with the new ones. A prompt counts by its nodes and inputs,
 * a value that is loaded by its content: seeds have to be the recorded ones. The same prompt gives what it gave the first
 * time, the second time and so on, and after that what it gave last. Messages come at once, in their order; nothing can be
 * cancelled. A prompt that is not there is refused with what is different, any other request with 501; both stand in
 * `unanswered`.
 *
 * @throws a DiscomfortError `VALUE_NOT_FOUND`, or `VALUE_CORRUPT` for a file that is no recording
 * @example
 * await using server = await replayComfyUI('test/portrait.jsonl')
 * await using discomfort = await Discomfort.create({ server: server.url })
 * await discomfort.run('portrait.json', { inputs: { seed: 7 } })
 */
export async function replayComfyUI(source: Recording | string | URL): Promise<ComfyUIReplay> {
  const recording = typeof source === 'string' || source instanceof URL ? await readRecording(source) : source
  const values = createValues()
  const sockets = createSockets({}, () => 0)
  const unanswered: string[] = []
  const exchanges = exchangesOf(recording)
  const given = new Map(
    recording.flatMap((entry) => (entry.kind === 'value' ? [[entry.id, Buffer.from(entry.base64, 'base64')]] : [])),
  )
  const jobs = createReplayedJobs(recordedJobs(recording), {
    value: (id) => given.get(id),
    keep: (context, id, bytes) => values.keep(context, id, bytes),
    send: (client, message) => sockets.send(client, message),
  })

  const http = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  http.on('upgrade', (request, connection, head) => sockets.upgrade(request, connection, head))
  http.listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    const bytes = Buffer.concat((await request.toArray()) as Buffer[])
    writeAnswer(answer({ method, path, headers, bytes, body: bytes.toString('utf8') }), response)
  }

  function answer(request: FakeRequest): FakeResponse {
    const { method, path } = request
    const isTaken = isSubmit(method, path)
    const found = isTaken
      ? jobs.submit(JSON.parse(request.body))
      : (values.answer(request) ?? answerJobs(request, jobs) ?? recorded(request))
    if (found && !('unknown' in found)) return found
    unanswered.push(`${method} ${path}`)
    const message = found ? found.unknown : `The recording has no ${method} ${path}. Record it anew.`
    return refuse(isTaken ? 400 : 501, 'not_recorded', message)
  }

  function recorded({ method, path, headers, bytes }: FakeRequest): FakeResponse | undefined {
    const all = exchanges.get(keyOf(method, path, bytes, headers['content-type']))
    const one = all && all.length > 1 ? all.shift() : all?.[0]
    return one && { status: one.status, headers: one.headers, body: toBytes(one.response) }
  }

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    unanswered,
    async [Symbol.asyncDispose]() {
      sockets.drop()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

/** What is asked about jobs while they run. All that were taken are over. */
function answerJobs({ method, path }: FakeRequest, jobs: ReplayedJobs): FakeResponse | undefined {
  const [, id = '', act] = /^\/(?:discomfort|api)\/jobs\/([^/]+)(\/cancel)?$/.exec(path) ?? []
  if (id && path.startsWith('/api/')) return act ? ok({ cancelled: false }) : undefined
  if (id) {
    const state = jobs.has(id) ? 'ended' : 'unknown'
    return ok({ v: 1, id, instance: jobs.instance, state, position: null, worker: true })
  }
  const asked = /^\/history\/([^/]+)$/.exec(path)?.[1]
  if (asked) return ok(jobs.has(asked) ? { [asked]: jobs.history(asked) } : {})
  switch (`${method} ${path}`) {
    case 'GET /queue':
      return ok({ queue_running: [], queue_pending: [] })
    case 'POST /discomfort/follow':
      return ok({ v: 1, followed: [] })
    case 'POST /queue':
    case 'POST /interrupt':
    case 'PATCH /internal/logs/subscribe':
      return ok()
    default:
      return undefined
  }
}

function exchangesOf(recording: Recording): Map<string, RecordedExchange[]> {
  const exchanges = new Map<string, RecordedExchange[]>()
  for (const entry of recording) {
    if (entry.kind !== 'exchange') continue
    const { method, path, request, contentType } = entry
    const key = keyOf(method, path, request ? toBytes(request) : Buffer.alloc(0), contentType)
    exchanges.set(key, [...(exchanges.get(key) ?? []), entry])
  }
  return exchanges
}

function keyOf(method: string, path: string, body: Buffer, contentType: string | undefined): string {
  return `${method} ${canonicalPath(path)}\n${canonicalBody(body, contentType)}`
}
