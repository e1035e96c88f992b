import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Handshake } from '../schema/handshake.ts'
import type { FakeAnswer, FakeRequest, FakeResponse } from './answer.ts'
import { answerComfyUI, droppedOutputs } from './comfyui-routes.ts'
import type { FakeJob, Submitted } from './fake-job.ts'
import { createQueue } from './fake-queue.ts'
import { createSockets, statusMessage } from './fake-sockets.ts'
import { createValues } from './fake-values.ts'
import { isDue, type FakeFaults } from './faults.ts'
import { giveValue } from './given-value.ts'
import { answerPack, type PackServer } from './pack-routes.ts'
import { readValue } from './read-value.ts'
import { runNodes, type FakeNode } from './run-nodes.ts'
import { writeAnswer } from './write-answer.ts'

/** What a fake ComfyUI is like. */
export interface FakeOptions {
  /**
   * What its pack says of itself, over a handshake that fits: `{ protocol: 9, protocolMin: 9 }` is a newer one. `false` for a
   * server without the pack.
   */
  readonly pack?: Partial<Handshake> | false | undefined
  /** What `/object_info` answers. Default: no classes. */
  readonly definitions?: NodeDefinitions | undefined
  /**
   * Whether prompts are checked against the definitions before they are taken: known classes, an output node, required
   * inputs, ranges. Default: false, every prompt is taken.
   */
  readonly strict?: boolean | undefined
  /** What stands in for the nodes of a class. Nodes of other classes give nothing, of which OUTPUT ports make a 1. */
  readonly nodes?: Readonly<Record<string, FakeNode>> | undefined
  /** What a job does, in place of running through its nodes. */
  readonly script?: ((job: FakeJob) => void | Promise<void>) | undefined
  /** What goes wrong. */
  readonly faults?: FakeFaults | undefined
  /**
   * The beginnings of routes that this release or its pack lacks: it answers 404 there. `['/api/jobs']` is a ComfyUI before
   * 0.26, `['/discomfort/jobs', '/discomfort/follow']` an older pack.
   */
  readonly lacks?: readonly string[] | undefined
  /** Awaited before each answer. */
  readonly before?: (() => Promise<void>) | undefined
  /** Answers before the fake does; undefined leaves it to the fake. */
  readonly intercept?: ((request: FakeRequest) => FakeAnswer | undefined) | undefined
}

/** A running fake ComfyUI. It ends with `await using`, or with its `[Symbol.asyncDispose]()`. */
export interface FakeComfyUI extends AsyncDisposable {
  /** Its address, on a free port of this machine. */
  readonly url: string
  /** All requests so far, as `GET /path`. */
  readonly requests: readonly string[]
  /** The prompts that were taken, in order. One that was posted twice is there twice. */
  readonly submitted: readonly Submitted[]
  /** How many WebSockets are open. */
  readonly openSockets: number
  /** What goes wrong from now on. */
  readonly faults: FakeFaults
  /** The id of its process, as the pack tells it: another one after a restart. */
  readonly instance: string
  /** Breaks all WebSockets; with `mid-message` in the middle of one. */
  dropSockets(how?: 'mid-message'): void
  /** Sends a text or bytes on every WebSocket. */
  sendFrame(message: string | Uint8Array): void
  /** The thread that runs prompts dies: the running job stays for ever, others are taken and wait. */
  killWorker(): void
  /**
   * It ends and comes back at the same address as another process: connections break, queue, history and values are lost.
   * Nobody answers until `meanwhile` is over.
   */
  restart(meanwhile?: () => void | Promise<void>): Promise<void>
}

/**
 * Starts a small ComfyUI for tests, on real sockets: routes, queue, history and messages are ComfyUI's and those of
 * Discomfort's pack, but its nodes do what the test says, and whatever can go wrong goes wrong when it is told to.
 *
 * @example
 * await using server = await fakeComfyUI({
 *   definitions: JSON.parse(await readFile('object_info.json', 'utf8')),
 *   nodes: { KSampler: ({ seed }) => [{ samples: Tensor.from(new Float32Array(4).fill(Number(seed)), [1, 1, 2, 2]) }] },
 * })
 * await using discomfort = await Discomfort.create({ server: server.url })
 */
export async function fakeComfyUI(options: FakeOptions = {}): Promise<FakeComfyUI> {
  const requests: string[] = []
  const faults: FakeFaults = { ...options.faults }
  const values = createValues()
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
  let instance = crypto.randomUUID() as string
  const sockets = createSockets(faults, () => queue.jobs.length)
  const queue = createQueue({
    faults,
    script: options.script ?? runStandIns,
    changed: (remaining) => sockets.broadcast(statusMessage(remaining)),
    serve: ({ clientId, context }) => ({
      send: (message) => sockets.send(clientId(), message),
      wantsMetadata: () => sockets.wantsMetadata(clientId()),
      value: (value, type) => giveValue(value, type, (id, bytes) => values.keep(context, id, bytes)),
    }),
  })
  const server: PackServer = {
    queue,
    faults,
    handshake,
    values,
    definitions: options.definitions ?? {},
    strict: options.strict ?? false,
    instance: () => instance,
    answers: new Map(),
  }

  function runStandIns(job: FakeJob): Promise<void> {
    const { context = '' } = (job.body.discomfort ?? {}) as { context?: string }
    const load = (version: string) => {
      const bytes = values.get(context, version)
      return bytes && readValue(bytes, version)
    }
    return runNodes(job, { nodes: options.nodes ?? {}, load }, droppedOutputs(job, server))
  }

  const http = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  http.on('upgrade', (request, connection, head) => sockets.upgrade(request, connection, head))
  const listen = async (port: number) => {
    http.listen(port, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
  }
  await listen(0)
  const { port } = http.address() as AddressInfo

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    if (path.endsWith('/submit') || path === '/prompt') {
      if (isDue(faults, 'loseSubmits')) return void request.socket.destroy()
    }
    const bytes = Buffer.concat((await request.toArray()) as Buffer[])
    const asked: FakeRequest = { method, path, headers, bytes, body: bytes.toString('utf8') }
    requests.push(`${method} ${path}`)
    await options.before?.()
    if (faults.repeatRequests) await answerTo(asked)
    const answer = await answerTo(asked)
    if (faults.delayAnswers) await new Promise((resolve) => setTimeout(resolve, faults.delayAnswers))
    if (answer === 'none' || faults.silent) return
    if (answer === 'lost') request.socket.destroy()
    else writeAnswer(signed(answer, headers['x-discomfort-request']), response, faults.repeatAnswers)
  }

  /** The pack says on each answer which request it belongs to. */
  function signed(answer: FakeResponse, id: string | string[] | undefined): FakeResponse {
    if (options.pack === false || typeof id !== 'string') return answer
    return { ...answer, headers: { 'x-discomfort-request': id, ...answer.headers } }
  }

  async function answerTo(request: FakeRequest): Promise<FakeAnswer> {
    const own = options.intercept?.(request)
    if (own) return own
    const { path } = request
    if (options.lacks?.some((route) => path.startsWith(route))) return { status: 404, body: 'Not Found' }
    const isPack = path.startsWith('/discomfort/') && options.pack !== false
    const answer = (isPack ? await answerPack(server, request) : undefined) ?? answerComfyUI(server, request)
    const isSubmit = path === '/prompt' || path === '/discomfort/submit'
    return isSubmit && request.method === 'POST' && isDue(faults, 'loseAnswers') ? 'lost' : answer
  }

  async function stop(): Promise<void> {
    sockets.drop()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  }

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    submitted: queue.submitted,
    faults,
    get openSockets() {
      return sockets.count
    },
    get instance() {
      return instance
    },
    dropSockets: (how) => sockets.drop(how),
    sendFrame: (message) => sockets.broadcast(message),
    killWorker: () => queue.killWorker(),
    async restart(meanwhile) {
      queue.reset()
      values.clear()
      server.answers.clear()
      instance = crypto.randomUUID()
      await stop()
      await meanwhile?.()
      await listen(port)
    },
    [Symbol.asyncDispose]: stop,
  }
}
