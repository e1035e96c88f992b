import { canonicalPrompt } from './canonical.ts'
import type { SubmitBody } from './fake-queue.ts'
import { toBytes, type RecordedExchange, type Recording } from './recording.ts'

/** A job as it was recorded. */
export interface RecordedJob {
  readonly id: string
  readonly prompt: Record<string, string>
  readonly exchange: RecordedExchange
  /** What its client heard of it, in order. */
  readonly messages: (string | Buffer)[]
}

/** A message of ComfyUI. */
export interface Message {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The jobs of a recording, in the order of their submits; one that was asked for again is one. */
export function recordedJobs(recording: Recording): RecordedJob[] {
  const jobs = new Map<string, RecordedJob>()
  for (const entry of recording) {
    if (entry.kind !== 'exchange' || !isSubmit(entry.method, entry.path) || !entry.request) continue
    const body = JSON.parse(toBytes(entry.request).toString('utf8')) as SubmitBody
    const answer = JSON.parse(toBytes(entry.response).toString('utf8')) as { prompt_id?: string }
    const id = body.prompt_id ?? answer.prompt_id ?? ''
    if (!jobs.has(id)) jobs.set(id, { id, prompt: canonicalPrompt(body), exchange: entry, messages: [] })
  }
  const running = new Map<string, string>()
  for (const entry of recording) {
    if (entry.kind !== 'message') continue
    const bytes = toBytes(entry.content)
    const message = 'text' in entry.content ? readMessage(entry.content.text) : undefined
    // Frames of the older kinds name no job: they are of the one that runs.
    const id = String(message ? message.data?.['prompt_id'] : (jobOfFrame(bytes) ?? running.get(entry.client)))
    if (message?.type === 'execution_start') running.set(entry.client, id)
    jobs.get(id)?.messages.push('text' in entry.content ? entry.content.text : bytes)
  }
  return [...jobs.values()]
}

/** Whether a request submits a prompt. */
export function isSubmit(method: string, path: string): boolean {
  return method === 'POST' && /^(\/api)?\/(prompt|discomfort\/submit)$/.test(path)
}

/** What history says of a job after these messages. */
export function historyOf(messages: readonly (string | Buffer)[], prompt: unknown): object | undefined {
  const told = messages.flatMap((one) => (typeof one === 'string' ? [readMessage(one)] : []))
  const end = told.findLast(
    ({ type, data }) =>
      /^execution_(success|error|interrupted)$/.test(type) && data['exception_type'] !== 'ExecutionBlocked',
  )
  if (!end) return undefined
  const outputs = told.flatMap(({ type, data }) =>
    type === 'executed' ? [[String(data['node']), data['output']] as const] : [],
  )
  const completed = end.type === 'execution_success'
  return {
    prompt: [0, end.data['prompt_id'], prompt, {}, []],
    outputs: Object.fromEntries(outputs),
    status: { status_str: completed ? 'success' : 'error', completed, messages: [[end.type, end.data]] },
  }
}

function readMessage(text: string): Message {
  return JSON.parse(text) as Message
}

function jobOfFrame(bytes: Buffer): string | undefined {
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== 4) return undefined
  const about = JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32BE(4))) as { prompt_id?: string }
  return about.prompt_id
}
