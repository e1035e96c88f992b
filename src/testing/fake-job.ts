import type { Prompt } from '../prompt/prompt.ts'
import type { TaggedJson } from '../values/tagged-json.ts'
import { plainPreview, previewWithMetadata, textFrame } from './frames.ts'
import type { GivenValue } from './given-value.ts'

/** A prompt as the fake ComfyUI took it. */
export interface Submitted {
  readonly promptId: string
  readonly prompt: Prompt
  readonly clientId: string
  readonly extraData: Readonly<Record<string, unknown>>
  /** All of what was sent. */
  readonly body: { readonly discomfort?: unknown }
}

/** `quietly`: nothing of it is told on the socket, it stands in history only. */
export type Quietly = 'quietly'

/** The running job in the hands of a script. Nothing of it waits for the client. */
export interface FakeJob extends Submitted {
  /** Resolves when somebody cancels the job. */
  readonly cancelled: Promise<void>
  /** Fires when somebody cancels the job. */
  readonly signal: AbortSignal
  /** Sends a message about this job to its submitter, e.g. `tell('executing', { node: '12.0.0.5', display_node: '12' })`. */
  tell(type: string, data?: Record<string, unknown>): void
  /** Sends bytes to its submitter. */
  frame(bytes: Uint8Array): void
  /** Says which node runs now. */
  executing(node: string): void
  /** Says which nodes are not run, since their results are known from before. */
  cached(...nodes: string[]): void
  /** Says how far a node is. */
  progress(node: string, value: number, max: number): void
  /** A preview of a node: with its id for clients that asked for that, else without. Default of `mediaType`: `image/jpeg`. */
  preview(node: string, picture: Uint8Array, mediaType?: string): void
  /** A text that a node shows while it runs. */
  text(node: string, text: string): void
  /** What a node gives to the page. */
  output(node: string, output: Record<string, unknown>, how?: Quietly): void
  /** What the OUTPUT port of that `unique_id` gives, as tagged JSON (docs/protocol.md): for small values of any form. */
  save(uniqueId: string, type: string, tree: TaggedJson, how?: Quietly): void
  /**
   * What the OUTPUT port of that `unique_id` gives, as a JavaScript value: numbers, texts, plain objects, a `Tensor`,
   * `Image`, `Mask`, `Latent` … `type` is the ComfyUI type, by default the one that the port asks for.
   * Tensors are fetched from the server over HTTP.
   */
  give(uniqueId: string, value: unknown, type?: string): Promise<void>
  /** A branch was blocked with a message: the server calls that an error, and the job goes on. */
  blocked(node: string, message?: string): void
  /** It ends well. */
  succeed(how?: Quietly): void
  /** A node raises, and the job ends. */
  fail(error: { node: string; type?: string; message?: string }, how?: Quietly): void
  /** A node runs out of memory, and the job ends. */
  outOfMemory(node: string): void
  /** It ends as interrupted. */
  interrupted(how?: Quietly): void
  /** It leaves the queue without an end: neither a message nor an entry in history. */
  vanish(): void
}

/** A job as the queue holds it. */
export interface QueuedJob extends Submitted {
  run(script: (job: FakeJob) => void | Promise<void>): void
  interrupt(): void
  /** The server is gone, or its worker: whatever the script does from now on, nobody hears of it. */
  die(): void
}

/** What a job needs of its server. */
export interface JobServer {
  send(message: string | Uint8Array): void
  /** Whether its client asked for previews that name their node. */
  wantsMetadata(): boolean
  leave(job: QueuedJob): void
  /** Writes history; `written` is called when it is there. */
  record(entry: Record<string, unknown>, written: () => void): void
  /** Lays a value out, and keeps its bytes where it has some. */
  value(value: unknown, type: string): Promise<GivenValue>
}

/** The class of the pack's node that takes values out of a run. */
export const saverClass = 'DiscomfortContextSaver'

export function createJob(submitted: Submitted, server: JobServer): QueuedJob {
  const { promptId, prompt } = submitted
  const outputs: Record<string, unknown> = {}
  const controller = new AbortController()
  const cancelled = new Promise<void>((resolve) =>
    controller.signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  let current = '1'
  let hasEnded = false
  let isDead = false

  function send(message: string | Uint8Array): void {
    if (!isDead) server.send(message)
  }

  function tell(type: string, data: Record<string, unknown> = {}): void {
    send(JSON.stringify({ type, data: { prompt_id: promptId, ...data } }))
  }

  /** As ComfyUI does it: the message, then history, with which the job leaves the queue, then that nothing runs. */
  function end(type: string, data: Record<string, unknown>, how: Quietly | undefined): void {
    if (hasEnded || isDead) return
    hasEnded = true
    if (!how) tell(type, data)
    const isSuccess = type === 'execution_success'
    const entry = {
      prompt: [0, promptId, prompt, {}, []],
      outputs,
      status: {
        status_str: isSuccess ? 'success' : 'error',
        completed: isSuccess,
        messages: [
          ['execution_start', { prompt_id: promptId }],
          [type, { prompt_id: promptId, ...data }],
        ],
      },
    }
    server.record(entry, () => {
      server.leave(queued)
      if (!how) tell('executing', { node: null })
    })
  }

  function give(uniqueId: string, given: GivenValue, how?: Quietly): void {
    const [node] = saverOf(prompt, uniqueId)
    job.output(node, { discomfort: [{ v: 1, unique_id: uniqueId, ...given }] }, how)
  }

  function raised(node: string, type: string, message: string): Record<string, unknown> {
    return {
      node_id: node,
      node_type: prompt[node]?.class_type ?? 'Made',
      executed: [],
      exception_type: type,
      exception_message: `${message}\n`,
      traceback: ['  File "nodes.py", line 1, in run\n'],
    }
  }

  const job: FakeJob = {
    ...submitted,
    cancelled,
    signal: controller.signal,
    tell,
    frame: send,
    executing(node) {
      current = node
      tell('executing', { node, display_node: node })
    },
    cached: (...nodes) => tell('execution_cached', { nodes }),
    progress: (node, value, max) => tell('progress', { node, value, max }),
    preview(node, picture, mediaType = 'image/jpeg') {
      const about = { node_id: node, display_node_id: node, prompt_id: promptId, image_type: mediaType }
      send(server.wantsMetadata() ? previewWithMetadata(about, picture) : plainPreview(mediaType, picture))
    },
    text: (node, text) => send(textFrame(node, text)),
    output(node, output, how) {
      outputs[node] = output
      if (!how) tell('executed', { node, display_node: node, output })
    },
    save(uniqueId, type, tree, how) {
      const receipt = { v: 1, id: crypto.randomUUID(), type, list: false, dtype: null, shape: null, bytes: 0 } as const
      give(uniqueId, { receipt, tree }, how)
    },
    async give(uniqueId, value, type) {
      const [, wanted] = saverOf(prompt, uniqueId)
      give(uniqueId, await server.value(value, type ?? wanted))
    },
    blocked: (node, message = 'Blocked') => tell('execution_error', raised(node, 'ExecutionBlocked', message)),
    succeed: (how) => end('execution_success', {}, how),
    fail: ({ node, type = 'ValueError', message = 'it broke' }, how) =>
      end('execution_error', raised(node, type, message), how),
    outOfMemory: (node) =>
      end('execution_error', raised(node, 'torch.OutOfMemoryError', 'Allocation on device 0 would exceed'), undefined),
    interrupted: (how) =>
      end('execution_interrupted', { node_id: current, node_type: prompt[current]?.class_type, executed: [] }, how),
    vanish() {
      if (hasEnded || isDead) return
      hasEnded = true
      server.leave(queued)
    },
  }
  const queued: QueuedJob = {
    ...submitted,
    run(script) {
      if (hasEnded || isDead) return
      tell('execution_start')
      void script(job)
    },
    interrupt() {
      controller.abort()
    },
    die() {
      isDead = true
      controller.abort()
    },
  }
  return queued
}

/** The saver of an OUTPUT port, and the type that it asks for. */
function saverOf(prompt: Prompt, uniqueId: string): [node: string, type: string] {
  for (const [node, { class_type, inputs }] of Object.entries(prompt))
    if (class_type === saverClass && inputs['unique_id'] === uniqueId) return [node, String(inputs['type'])]
  throw new Error(`the prompt has no saver for "${uniqueId}"`)
}
