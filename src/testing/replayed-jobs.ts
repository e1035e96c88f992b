import type { FakeResponse } from './answer.ts'
import { canonicalPrompt, differenceOf } from './canonical.ts'
import type { SubmitBody } from './fake-queue.ts'
import { historyOf, type Message, type RecordedJob } from './recorded-jobs.ts'
import { toBytes } from './recording.ts'

/** Recorded jobs that are submitted anew. */
export interface ReplayedJobs {
  /** An id as the pack tells that of its process. */
  readonly instance: string
  /** Answers as it was answered then, and tells the client the rest; or what the recording does not have. */
  submit(body: SubmitBody): FakeResponse | { readonly unknown: string }
  has(id: string): boolean
  /** What history says of a job that was submitted. */
  history(id: string): object | undefined
}

interface ReplayServer {
  /** A value that the server gave then. */
  readonly value: (id: string) => Buffer | undefined
  readonly keep: (context: string, id: string, bytes: Buffer) => void
  readonly send: (client: string, message: string | Buffer) => void
}

interface Replayed {
  readonly answer: FakeResponse
  readonly history: object | undefined
}

export function createReplayedJobs(recorded: readonly RecordedJob[], server: ReplayServer): ReplayedJobs {
  const replayed = new Map<string, Replayed>()
  /** How often each prompt was asked for. */
  const asked = new Map<string, number>()

  function find(body: SubmitBody): RecordedJob | { readonly unknown: string } {
    const wanted = canonicalPrompt(body)
    const key = JSON.stringify(wanted)
    const same = recorded.filter(({ prompt }) => JSON.stringify(prompt) === key)
    const times = asked.get(key) ?? 0
    asked.set(key, times + 1)
    const job = same[Math.min(times, same.length - 1)]
    if (job) return job
    const nearest = recorded.toSorted((one, other) => alike(wanted, other.prompt) - alike(wanted, one.prompt))[0]
    const difference = nearest ? differenceOf(wanted, nearest.prompt, body.prompt) : 'it has no prompt at all'
    return { unknown: `The recording does not have this prompt: ${difference}. Record it anew.` }
  }

  return {
    instance: crypto.randomUUID(),
    submit(body) {
      const id = body.prompt_id
      const known = replayed.get(id)
      if (known) return known.answer
      const job = find(body)
      if ('unknown' in job) return job
      const renew = renewer(job, id)
      const messages = job.messages.map(renew.content)
      const { status, headers, response } = job.exchange
      const answer = { status, headers, body: renew.content(toBytes(response)) }
      replayed.set(id, { answer, history: historyOf(messages, body.prompt) })
      for (const [old, fresh] of renew.values) {
        const bytes = server.value(old)
        if (bytes) server.keep(body.discomfort?.context ?? '', fresh, bytes)
      }
      // The answer goes first.
      setImmediate(() => messages.forEach((message) => server.send(body.client_id ?? '', message)))
      return answer
    },
    has: (id) => replayed.has(id),
    history: (id) => replayed.get(id)?.history,
  }
}

/** Puts new ids in the place of those of a recorded job: its own, and those of the values that it gave. */
function renewer(job: RecordedJob, id: string) {
  const values = valuesOf(job).map((old) => [old, crypto.randomUUID() as string] as const)
  const ids = [[job.id, id] as const, ...values]
  // All ids are equally long, so that lengths inside of frames stay right.
  const text = (old: string) => ids.reduce((now, [from, to]) => now.replaceAll(from, to), old)
  return {
    values,
    content: <Content extends string | Buffer>(content: Content) =>
      (typeof content === 'string'
        ? text(content)
        : Buffer.from(text(content.toString('latin1')), 'latin1')) as Content,
  }
}

function valuesOf({ messages }: RecordedJob): string[] {
  return messages.flatMap((text) => {
    if (typeof text !== 'string') return []
    const { type, data } = JSON.parse(text) as Message
    const output = data?.['output'] as { discomfort?: { receipt: { id: string } }[] } | null | undefined
    return type === 'executed' ? (output?.discomfort ?? []).map(({ receipt }) => receipt.id) : []
  })
}

/** How many nodes two prompts have in common. */
function alike(one: Record<string, string>, other: Record<string, string>): number {
  return Object.entries(one).filter(([id, text]) => other[id] === text).length
}
