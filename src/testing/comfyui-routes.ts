import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { ok, refuse, type FakeRequest, type FakeResponse } from './answer.ts'
import { checkPrompt } from './check-prompt.ts'
import type { FakeJob } from './fake-job.ts'
import type { FakeQueue, SubmitBody } from './fake-queue.ts'
import type { FakeFaults } from './faults.ts'

/** What ComfyUI's own routes need. */
export interface ComfyServer {
  readonly queue: FakeQueue
  readonly faults: FakeFaults
  readonly definitions: NodeDefinitions
  /** Whether prompts are checked against the definitions. */
  readonly strict: boolean
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The routes that every ComfyUI has. */
export function answerComfyUI(server: ComfyServer, { method, path, body }: FakeRequest): FakeResponse {
  const { queue, definitions } = server
  const { pathname, searchParams } = new URL(path, 'http://fake')
  const cancelled = /^\/api\/jobs\/([^/]+)\/cancel$/.exec(pathname)?.[1]
  if (method === 'POST' && cancelled) return ok({ cancelled: queue.cancel(cancelled) })
  const job = /^\/api\/jobs\/([^/]+)$/.exec(pathname)?.[1]
  if (method === 'GET' && job) return describeJob(queue, job)
  const id = /^\/history\/([^/]+)$/.exec(pathname)?.[1]
  if (method === 'GET' && id) return ok(queue.history.has(id) ? { [id]: queue.history.get(id) } : {})
  switch (`${method} ${pathname.replace(/^\/api\//, '/')}`) {
    case 'GET /object_info':
      return ok(definitions)
    case 'GET /system_stats':
      return ok({ system: { comfyui_version: '0.30.0' }, devices: [] })
    case 'GET /prompt':
      return ok({ exec_info: { queue_remaining: queue.jobs.length } })
    case 'GET /queue':
      return ok(listQueue(queue))
    case 'GET /history':
      return ok(
        Object.fromEntries([...queue.history].slice(-Number(searchParams.get('max_items') ?? queue.history.size))),
      )
    case 'POST /prompt':
      return takePrompt(server, body)
    case 'POST /queue': {
      const { delete: ids = [], clear = false } = JSON.parse(body) as { delete?: string[]; clear?: boolean }
      for (const one of clear ? queue.jobs.map(({ promptId }) => promptId) : ids) queue.remove(one)
      return ok()
    }
    case 'POST /history': {
      const { delete: ids = [], clear = false } = JSON.parse(body) as { delete?: string[]; clear?: boolean }
      for (const one of clear ? [...queue.history.keys()] : ids) queue.forget(one)
      return ok()
    }
    case 'POST /interrupt':
      queue.interrupt(body ? (JSON.parse(body) as { prompt_id?: string }).prompt_id : undefined)
      return ok()
    default:
      return { status: 404, body: 'Not Found' }
  }
}

/** Queues a prompt as often as it is posted, or refuses it. */
export function takePrompt({ queue, faults, definitions, strict }: ComfyServer, text: string): FakeResponse {
  const refusal = (type: string, message: string, nodeErrors?: unknown): FakeResponse =>
    faults.oldRefusals
      ? { status: 400, body: { error: message, node_errors: [] } }
      : refuse(400, type, message, nodeErrors)
  const body = JSON.parse(text) as Partial<SubmitBody>
  if (!body.prompt) return refusal('no_prompt', 'There is no prompt')
  const promptId = body.prompt_id ?? crypto.randomUUID()
  if (!uuid.test(promptId)) return refusal('invalid_prompt_id', 'prompt_id has to be a UUID in lower case')
  const found = strict ? checkPrompt(body.prompt, definitions) : { nodeErrors: {} }
  if (found.refusal) return refusal(found.refusal.type, found.refusal.message, found.nodeErrors)
  const number = queue.submitted.length
  queue.take({ ...body, prompt: body.prompt, prompt_id: promptId })
  return ok({ prompt_id: promptId, number, node_errors: faults.nodeErrors ?? found.nodeErrors })
}

/** The outputs of a prompt that ComfyUI drops, since their nodes do not pass. */
export function droppedOutputs({ prompt }: FakeJob, { strict, definitions }: ComfyServer): Set<string> {
  if (!strict) return new Set()
  const errors = Object.values(checkPrompt(prompt, definitions).nodeErrors) as { dependent_outputs: string[] }[]
  return new Set(errors.flatMap(({ dependent_outputs }) => dependent_outputs))
}

function describeJob(queue: FakeQueue, id: string): FakeResponse {
  const state = queue.state(id)
  if (state === 'unknown' || state === 'refused') return { status: 404, body: { error: 'Job not found' } }
  const { status } = (queue.history.get(id) ?? {}) as { status?: { completed?: boolean } }
  const ended = status?.completed === false ? 'failed' : 'completed'
  return ok({ id, status: state === 'running' ? 'in_progress' : state === 'pending' ? 'pending' : ended })
}

function listQueue({ jobs }: FakeQueue): unknown {
  const items = jobs.map(({ promptId, prompt }, number) => [number, promptId, prompt, {}, []])
  return { queue_running: items.slice(0, 1), queue_pending: items.slice(1) }
}
