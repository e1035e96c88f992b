import type { Prompt } from '../prompt/prompt.ts'
import type { TaggedJson } from '../values/tagged-json.ts'

/** A prompt as the fake ComfyUI took it. */
export interface Submitted {
  readonly promptId: string
  readonly prompt: Prompt
  readonly clientId: string
  readonly extraData: Readonly<Record<string, unknown>>
  /** All of what was sent. */
  readonly body: { readonly discomfort?: unknown }
}

/** The running job in the hands of a test's script. */
export interface FakeJob extends Submitted {
  /** Resolves when somebody cancels the job. */
  readonly cancelled: Promise<void>
  /** Sends a message about this job to its submitter. */
  tell(type: string, data?: Record<string, unknown>): void
  /** Sends bytes to its submitter. */
  frame(bytes: Uint8Array): void
  /** What a node gives to the page; `quietly` stands in history only. */
  output(node: string, output: Record<string, unknown>, how?: 'quietly'): void
  /** What a saver of our pack gives: a small value. */
  save(uniqueId: string, type: string, tree: TaggedJson, how?: 'quietly'): void
  /** The three ends; with `quietly` they stand in history only. */
  succeed(how?: 'quietly'): void
  fail(error: { node: string; type?: string; message?: string }, how?: 'quietly'): void
  interrupted(how?: 'quietly'): void
  /** It leaves the queue without an end. */
  vanish(): void
}

/** A job as the queue holds it. */
export interface QueuedJob {
  readonly promptId: string
  run(script?: (job: FakeJob) => void | Promise<void>): void
  interrupt(): void
}

/** The class of the pack's node that takes values out of a run. */
const saverClass = 'DiscomfortContextSaver'

export function createJob(
  submitted: Submitted,
  send: (message: string | Uint8Array) => void,
  server: { leave(job: QueuedJob): void; record(entry: unknown): void },
): QueuedJob {
  const { promptId, prompt } = submitted
  const outputs: Record<string, unknown> = {}
  let cancel: (() => void) | undefined
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve
  })
  let hasEnded = false

  function tell(type: string, data: Record<string, unknown> = {}): void {
    send(JSON.stringify({ type, data: { prompt_id: promptId, ...data } }))
  }

  /** As ComfyUI does it: the message, then history, then that nothing runs. */
  function end(type: string, data: Record<string, unknown>, quietly: boolean): void {
    if (hasEnded) return
    hasEnded = true
    if (!quietly) tell(type, data)
    const isSuccess = type === 'execution_success'
    server.record({
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
    })
    server.leave(queued)
    if (!quietly) tell('executing', { node: null })
  }

  const job: FakeJob = {
    ...submitted,
    cancelled,
    tell,
    frame: send,
    output(node, output, how) {
      outputs[node] = output
      if (how !== 'quietly') tell('executed', { node, display_node: node, output })
    },
    save(uniqueId, type, tree, how) {
      const [node] =
        Object.entries(prompt).find(
          ([, { class_type, inputs }]) => class_type === saverClass && inputs['unique_id'] === uniqueId,
        ) ?? []
      if (node === undefined) throw new Error(`the prompt has no saver for "${uniqueId}"`)
      job.output(node, { discomfort: [saverEntry(uniqueId, type, tree)] }, how)
    },
    succeed: (how) => end('execution_success', {}, how === 'quietly'),
    interrupted: (how) => end('execution_interrupted', { node_id: '1', executed: [] }, how === 'quietly'),
    fail({ node, type = 'ValueError', message = 'it broke' }, how) {
      const told = {
        node_id: node,
        node_type: prompt[node]?.class_type ?? 'Made',
        exception_type: type,
        exception_message: `${message}\n`,
        traceback: ['  File "nodes.py", line 1, in run\n'],
      }
      end('execution_error', told, how === 'quietly')
    },
    vanish() {
      hasEnded = true
      server.leave(queued)
    },
  }
  const queued: QueuedJob = {
    promptId,
    run(script = runThrough) {
      if (hasEnded) return
      tell('execution_start')
      void script(job)
    },
    interrupt() {
      cancel?.()
    },
  }
  return queued
}

/** Runs through all nodes; savers give back the constants that they were given, else 1. */
function runThrough(job: FakeJob): void {
  job.tell('execution_cached', { nodes: [] })
  for (const [node, { class_type, inputs }] of Object.entries(job.prompt)) {
    job.tell('executing', { node, display_node: node })
    if (class_type !== saverClass) continue
    const { value, unique_id, type } = inputs
    job.save(String(unique_id), type === '*' ? 'INT' : String(type), typeof value === 'string' ? value : { int: '1' })
  }
  job.succeed()
}

function saverEntry(uniqueId: string, type: string, tree: TaggedJson): unknown {
  const receipt = { v: 1, id: crypto.randomUUID(), type, list: false, dtype: null, shape: null, bytes: 0 }
  return { v: 1, unique_id: uniqueId, receipt, tree }
}
