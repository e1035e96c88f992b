import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { until } from '../support/until.ts'

/** A message that a client heard. */
export interface Heard {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A client of ComfyUI's plain API, without any care: one socket, and what it heard. */
export interface PlainClient extends AsyncDisposable {
  readonly id: string
  readonly messages: Heard[]
  readonly frames: Buffer[]
  readonly isOpen: () => boolean
  /** Breaks the socket. */
  readonly drop: () => void
  readonly post: (path: string, body?: unknown) => Promise<Response>
  readonly get: (path: string) => Promise<Record<string, unknown>>
  /** Posts a prompt under an id of its own, and gives that. */
  readonly submit: (prompt: Prompt, body?: object, route?: string) => Promise<string>
  /** The messages about a job so far, each once. */
  readonly about: (id: string) => Heard[]
  /** Waits until the server has told that the job is over, which is after it has written history. */
  readonly told: (id: string) => Promise<void>
  /** Waits until history has the job. */
  readonly ended: (id: string) => Promise<HistoryEntry>
}

/** What history has of a job. */
interface HistoryEntry {
  readonly outputs: Readonly<Record<string, unknown>>
  readonly status: {
    readonly status_str: string
    readonly completed: boolean
    readonly messages: readonly (readonly [string, Readonly<Record<string, unknown>>])[]
  }
}

/** @param flags whether it asks for previews that name their node */
export async function plainClient(server: string, flags = true): Promise<PlainClient> {
  const id = randomUUID()
  const messages: Heard[] = []
  const frames: Buffer[] = []
  const socket = new WebSocket(`${server.replace('http', 'ws')}/ws?clientId=${id}`)
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) frames.push(data)
    else messages.push(JSON.parse(data.toString('utf8')) as Heard)
  })
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('open', resolve).once('close', resolve))
  const isOpen = () => socket.readyState === WebSocket.OPEN
  if (flags && isOpen())
    socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }))
  const post = (path: string, body: unknown = {}) =>
    fetch(server + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  const get = async (path: string) => (await (await fetch(server + path)).json()) as Record<string, unknown>
  const about = (job: string) => messages.filter(({ data }) => data?.['prompt_id'] === job)
  return {
    id,
    messages,
    frames,
    isOpen,
    drop: () => socket.terminate(),
    post,
    get,
    async submit(prompt, body = {}, route = '/prompt') {
      const all = { prompt, prompt_id: randomUUID() as string, client_id: id, ...body }
      await (await post(route, all)).text()
      return all.prompt_id
    },
    about,
    told: (job) => until(() => about(job).some(({ type, data }) => type === 'executing' && data['node'] === null)),
    async ended(job) {
      let entry: unknown
      await until(async () => (entry = (await get(`/history/${job}`))[job]))
      return entry as HistoryEntry
    },
    async [Symbol.asyncDispose]() {
      socket.terminate()
    },
  }
}
