import { getJson, notComfyUI, type Http } from '../http/http.ts'

/** What a node gave to the page: files under `images` and other keys, and our own entries under `discomfort`. */
export type NodeOutput = Readonly<Record<string, unknown>>

/** An `execution_error` as the server tells it. */
export interface ExecutionError {
  readonly node_id: string
  readonly node_type: string
  readonly exception_type: string
  readonly exception_message: string
  readonly traceback: readonly string[]
}

/** The entry of `/history/{id}`. */
export interface HistoryEntry {
  readonly outputs: Readonly<Record<string, NodeOutput>>
  readonly status?: {
    readonly status_str?: string
    readonly completed?: boolean
    readonly messages?: readonly (readonly [string, Record<string, unknown>])[]
  } | null
  readonly [key: string]: unknown
}

/** How a job ended. */
export type JobEnd =
  | { readonly kind: 'success'; readonly outputs: ReadonlyMap<string, NodeOutput> }
  | { readonly kind: 'failed'; readonly error: ExecutionError }
  | { readonly kind: 'interrupted' }

/** The finished job as history has it. Undefined while it is unknown there: before the end, or never. */
export async function readHistory(http: Http, promptId: string): Promise<HistoryEntry | undefined> {
  const answer = (await getJson(http, `/history/${promptId}`, { small: true, repeatable: false })) as Record<
    string,
    HistoryEntry
  >
  return answer[promptId]
}

/** Whether the job waits, and behind how many others, or runs. Undefined where it does neither. */
export async function placeInQueue(
  http: Http,
  promptId: string,
): Promise<{ readonly state: 'running' } | { readonly state: 'pending'; readonly position: number } | undefined> {
  const { queue_running: running, queue_pending: pending } = (await getJson(http, '/queue', {
    small: true,
    repeatable: false,
  })) as Record<'queue_running' | 'queue_pending', [number: number, promptId: string, ...rest: unknown[]][]>
  if (running.some(([, id]) => id === promptId)) return { state: 'running' }
  const waiting = pending.find(([, id]) => id === promptId)
  if (!waiting) return undefined
  const before = pending.filter(([number, id]) => number < waiting[0] || (number === waiting[0] && id < promptId))
  return { state: 'pending', position: running.length + before.length }
}

/** @throws {@link DiscomfortError} `SERVER_INCOMPATIBLE` for a server that is no ComfyUI */
export async function assertComfyUI(http: Http): Promise<void> {
  const answer = (await getJson(http, '/queue', { small: true })) as Partial<Record<string, unknown>> | null
  if (!Array.isArray(answer?.['queue_running'])) throw notComfyUI(http, 'something else for /queue')
}

/** Failed and interrupted jobs look alike in history but for their messages. */
export function endOfHistory(entry: HistoryEntry): JobEnd {
  const messages = new Map(entry.status?.messages ?? [])
  const error = messages.get('execution_error')
  if (entry.status?.status_str === 'error' || entry.status?.completed === false) {
    if (error) return { kind: 'failed', error: error as unknown as ExecutionError }
    return { kind: 'interrupted' }
  }
  return { kind: 'success', outputs: new Map(Object.entries(entry.outputs)) }
}
