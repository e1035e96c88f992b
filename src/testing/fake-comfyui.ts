import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer, type WebSocket } from 'ws'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { Handshake } from '../schema/handshake.ts'
import { createJob, type FakeJob, type QueuedJob, type Submitted } from './fake-job.ts'

/** A request as a test sees it. */
export interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An answer of a test's own; `lost` cuts the connection, `none` never answers. */
type FakeAnswer = { status: number; body: unknown } | 'lost' | 'none'

export interface FakeOptions {
  /** What its pack says of itself, over a handshake that fits; `false` for a server without the pack. */
  readonly pack?: Partial<Handshake> | false
  readonly definitions?: NodeDefinitions
  /** What a job does, in place of running through its nodes. */
  readonly script?: (job: FakeJob) => void | Promise<void>
  /** Awaited before each answer. */
  readonly before?: () => Promise<void>
  /** Answers before the fake does. */
  readonly intercept?: (request: FakeRequest) => FakeAnswer | undefined
  /** How many answers to submits are lost although the prompt was taken. */
  readonly loseAnswers?: number
  /** Answers taken prompts with these `node_errors`. */
  readonly nodeErrors?: unknown
}

/** A small ComfyUI on real sockets: queue, history and messages, but its nodes do what the test says. */
export interface FakeComfyUI extends AsyncDisposable {
  readonly url: string
  /** All requests so far, as `GET /path`. */
  readonly requests: readonly string[]
  /** The prompts that were taken, in order. */
  readonly submitted: readonly Submitted[]
  /** How many WebSockets are open. */
  readonly openSockets: number
  /** Closes all WebSockets. */
  dropSockets(): void
  /** Sends bytes on every WebSocket. */
  sendFrame(bytes: Uint8Array): void
}

export async function fakeComfyUI(options: FakeOptions = {}): Promise<FakeComfyUI> {
  const clients = new Map<string, WebSocket>()
  const queue: QueuedJob[] = []
  const history = new Map<string, unknown>()
  const answers = new Map<string, unknown>()
  const submitted: Submitted[] = []
  const requests: string[] = []
  let lost = options.loseAnswers ?? 0

  const handshake: Handshake = {
    v: 1,
    protocol: 1,
    protocolMin: 1,
    pack: '0.1.0',
    nonce: null,
    comfyui: '0.30.0',
    python: '3.12.0',
    roots: { ram: null, disk: '/no/store/here' },
    pid: process.pid,
    ...options.pack,
  }

  const http = createServer((request, response) => void serve(request, response))
  const sockets = new WebSocketServer({ server: http, path: '/ws' })
  sockets.on('connection', (socket, request) => {
    const id = new URL(request.url ?? '', 'http://fake').searchParams.get('clientId') ?? ''
    clients.set(id, socket)
    socket.on('close', () => clients.delete(id))
    socket.send(JSON.stringify({ type: 'status', data: { status: { exec_info: { queue_remaining: 0 } }, sid: id } }))
  })
  http.listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))
  const { port } = http.address() as AddressInfo

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers } = request
    const asked: FakeRequest = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
    requests.push(`${method} ${path}`)
    await options.before?.()
    const answer = options.intercept?.(asked) ?? (await answerTo(asked))
    if (answer === 'none') return
    if (answer === 'lost') {
      request.socket.destroy()
      return
    }
    const isText = typeof answer.body === 'string'
    response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json' })
    response.end(isText ? answer.body : JSON.stringify(answer.body))
  }

  async function answerTo({ method, path, body }: FakeRequest): Promise<FakeAnswer> {
    const route = `${method} ${path}`
    if (route === 'GET /object_info') return { status: 200, body: options.definitions ?? {} }
    if (route === 'GET /queue') return { status: 200, body: listQueue() }
    if (route === 'POST /prompt') return take(JSON.parse(body) as SubmitBody)
    if (path.startsWith('/history/')) {
      const id = path.slice('/history/'.length)
      return { status: 200, body: history.has(id) ? { [id]: history.get(id) } : {} }
    }
    const cancelled = /^\/api\/jobs\/([^/]+)\/cancel$/.exec(path)
    if (cancelled) return { status: 200, body: { cancelled: cancel(cancelled[1] as string) } }
    if (route === 'POST /queue') {
      for (const id of (JSON.parse(body) as { delete: string[] }).delete) if (queue[0]?.promptId !== id) cancel(id)
      return { status: 200, body: {} }
    }
    if (route === 'POST /interrupt') {
      if (queue[0]?.promptId === (JSON.parse(body) as { prompt_id: string }).prompt_id) cancel(queue[0].promptId)
      return { status: 200, body: {} }
    }
    if (options.pack === false || !path.startsWith('/discomfort/')) return { status: 404, body: 'Not Found' }
    if (route === 'GET /discomfort/handshake') return { status: 200, body: handshake }
    if (route === 'POST /discomfort/submit') return take(JSON.parse(body) as SubmitBody, true)
    const text = await readFile(join(handshake.roots.disk, 'probes', path.split('/').at(-1) as string), 'utf8').catch(
      () => undefined,
    )
    return text === undefined ? { status: 404, body: {} } : { status: 200, body: { v: 1, text } }
  }

  /** The pack's route takes each id once, the plain one as often as it is asked. */
  function take(body: SubmitBody, once = false): FakeAnswer {
    const promptId = body.prompt_id
    const known = once ? answers.get(promptId) : undefined
    const answer = known ?? {
      prompt_id: promptId,
      number: submitted.length,
      node_errors: options.nodeErrors ?? {},
    }
    if (!known) {
      answers.set(promptId, answer)
      const taken = { promptId, prompt: body.prompt, clientId: body.client_id, extraData: body.extra_data, body }
      submitted.push(taken)
      const job = createJob(taken, (message) => clients.get(body.client_id)?.send(message), {
        leave(job) {
          const index = queue.indexOf(job)
          if (index >= 0) queue.splice(index, 1)
          if (index === 0) begin()
        },
        record: (entry) => void history.set(promptId, entry),
      })
      queue.push(job)
      if (queue.length === 1) begin()
    }
    if (lost === 0) return { status: 200, body: answer }
    lost -= 1
    return 'lost'
  }

  function begin(): void {
    // The answer to the submit goes first, as a rule.
    if (queue[0]) setImmediate((job: QueuedJob) => job.run(options.script), queue[0])
  }

  function cancel(promptId: string): boolean {
    const job = queue.find((one) => one.promptId === promptId)
    if (!job) return false
    if (job === queue[0]) job.interrupt()
    else queue.splice(queue.indexOf(job), 1)
    return true
  }

  function listQueue(): unknown {
    const item = (job: QueuedJob, number: number) => [number, job.promptId, {}, {}, []]
    return { queue_running: queue.slice(0, 1).map(item), queue_pending: queue.slice(1).map(item) }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    submitted,
    get openSockets() {
      return clients.size
    },
    dropSockets() {
      for (const socket of clients.values()) socket.terminate()
    },
    sendFrame(bytes) {
      for (const socket of clients.values()) socket.send(bytes)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of clients.values()) socket.terminate()
      sockets.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

interface SubmitBody {
  readonly prompt: Prompt
  readonly prompt_id: string
  readonly client_id: string
  readonly extra_data: Record<string, unknown>
  readonly discomfort?: unknown
}
