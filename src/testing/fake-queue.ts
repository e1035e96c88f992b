import type { Prompt } from '../prompt/prompt.ts'
import { createJob, type FakeJob, type JobServer, type QueuedJob, type Submitted } from './fake-job.ts'
import { isDue, type FakeFaults } from './faults.ts'

/** The body of a submit. */
export interface SubmitBody {
  readonly prompt: Prompt
  readonly prompt_id: string
  readonly client_id?: string
  readonly extra_data?: Readonly<Record<string, unknown>>
  readonly discomfort?: { readonly context?: string; readonly forget?: readonly string[] }
}

/** Where a job is, as the pack tells it. */
type JobState = 'unknown' | 'refused' | 'pending' | 'running' | 'ended'

/** The queue of a fake ComfyUI, its history, and the worker that takes one job after another. */
export interface FakeQueue {
  readonly submitted: readonly Submitted[]
  /** The first runs, the others wait. */
  readonly jobs: readonly QueuedJob[]
  readonly history: ReadonlyMap<string, unknown>
  readonly isWorking: boolean
  take(body: SubmitBody): void
  state(id: string): JobState
  /** Ends or removes one job. Whether there was something to do. */
  cancel(id: string): boolean
  /** Removes a job that waits. */
  remove(id: string): boolean
  /** Interrupts the job that runs, or that one only. */
  interrupt(id?: string): void
  /** The id is taken by no submit from now on. */
  refuse(id: string): void
  forget(id: string): void
  /** Messages of a job go to another client from now on. Whether it is there. */
  follow(id: string, clientId: string): boolean
  killWorker(): void
  /** All is lost, as at a restart. */
  reset(): void
}

/** What the queue needs of its server; `serve` gives what one job needs. */
interface QueueOptions {
  readonly faults: FakeFaults
  readonly script: (job: FakeJob) => void | Promise<void>
  readonly serve: (job: {
    readonly clientId: () => string
    readonly context: string
  }) => Omit<JobServer, 'leave' | 'record'>
  readonly changed: (remaining: number) => void
}

export function createQueue({ faults, script, serve, changed }: QueueOptions): FakeQueue {
  const submitted: Submitted[] = []
  const jobs: QueuedJob[] = []
  const history = new Map<string, unknown>()
  const refused = new Set<string>()
  const followers = new Map<string, string>()
  let isWorking = true

  function begin(): void {
    // The answer to the submit goes first, as a rule.
    if (jobs[0] && isWorking) setImmediate((job: QueuedJob) => isWorking && job.run(script), jobs[0])
  }

  function leave(job: QueuedJob): void {
    const index = jobs.indexOf(job)
    if (index < 0) return
    jobs.splice(index, 1)
    changed(jobs.length)
    if (index === 0) begin()
  }

  function record(id: string, entry: Record<string, unknown>, written: () => void): void {
    const write = () => {
      // Perhaps all was lost meanwhile.
      if (!jobs.some(({ promptId }) => promptId === id)) return
      if (!faults.emptyHistory) history.set(id, faults.nullStatus ? { ...entry, status: null } : entry)
      written()
    }
    if (faults.lateHistory) setTimeout(write, faults.lateHistory)
    else write()
  }

  function remove(id: string): boolean {
    const job = jobs.find((one, index) => index > 0 && one.promptId === id)
    if (job) leave(job)
    return job !== undefined
  }

  function state(id: string): JobState {
    const index = jobs.findIndex((job) => job.promptId === id)
    if (index >= 0) return index === 0 ? 'running' : 'pending'
    if (history.has(id)) return 'ended'
    return refused.has(id) ? 'refused' : 'unknown'
  }

  return {
    submitted,
    jobs,
    history,
    get isWorking() {
      return isWorking
    },
    take(body) {
      const { prompt_id: promptId, prompt, client_id: clientId = '', extra_data: extraData = {} } = body
      const taken = { promptId, prompt, clientId, extraData, body }
      submitted.push(taken)
      const server = serve({
        clientId: () => followers.get(promptId) ?? clientId,
        context: body.discomfort?.context ?? '',
      })
      jobs.push(createJob(taken, { ...server, leave, record: (entry, written) => record(promptId, entry, written) }))
      changed(jobs.length)
      if (jobs.length === 1) begin()
    },
    state,
    cancel(id) {
      const now = state(id)
      if (now !== 'running' && now !== 'pending') return false
      if (isDue(faults, 'loseCancels')) return true
      if (now === 'running') jobs[0]?.interrupt()
      else remove(id)
      return true
    },
    remove,
    interrupt(id) {
      if ((id === undefined || jobs[0]?.promptId === id) && !isDue(faults, 'loseCancels')) jobs[0]?.interrupt()
    },
    refuse: (id) => void refused.add(id),
    forget: (id) => void history.delete(id),
    follow(id, clientId) {
      if (!jobs.some((job) => job.promptId === id)) return false
      followers.set(id, clientId)
      return true
    },
    killWorker() {
      isWorking = false
      jobs[0]?.die()
    },
    reset() {
      for (const job of jobs) job.die()
      jobs.length = 0
      for (const known of [history, refused, followers]) known.clear()
      isWorking = true
    },
  }
}
