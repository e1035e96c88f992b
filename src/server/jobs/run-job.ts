import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import type { SubmitNote } from '../../schema/submit.ts'
import { cancelJob } from './cancel.ts'
import type { Http } from '../http.ts'
import type { JobEnd } from './job-record.ts'
import type { PreviewFrame, ServerMessage, ServerSocket } from './socket.ts'
import { submitPrompt } from './submit.ts'
import { watchJob, type JobWatch } from './watch-job.ts'

/** One prompt to be run, and who wants to hear of it. */
export interface Job {
  readonly promptId: string
  readonly prompt: Prompt
  readonly extraData?: Readonly<Record<string, unknown>> | undefined
  readonly note?: SubmitNote | undefined
  readonly signal?: AbortSignal | undefined
  readonly onMessage?: ((message: ServerMessage) => void) | undefined
  readonly onPreview?: ((frame: PreviewFrame) => void) | undefined
  /** Called with those of the note's files that are in another state now. */
  readonly onChangedFiles?: ((names: readonly string[]) => void) | undefined
  /** Called when the server has taken the job. */
  readonly onQueued?: (() => void) | undefined
}

/**
 * Sends a prompt and follows it to its end. When `signal` fires, exactly this job is cancelled, again and again until it
 * has ended; where it ended by itself first, that end is the answer.
 *
 * @throws {@link DiscomfortError} what submitting and watching can raise, and `PROMPT_REJECTED` for a prompt that the
 * server took only in part: its good branch is cancelled before the error is raised.
 */
export async function runJob(
  server: { http: Http; socket: ServerSocket; watches: Set<JobWatch> },
  job: Job,
): Promise<JobEnd> {
  const { promptId, signal } = job
  signal?.throwIfAborted()
  await server.socket.open()
  const watch = watchJob(server, promptId, {
    ...(job.onMessage ? { message: job.onMessage } : {}),
    ...(job.onPreview ? { preview: job.onPreview } : {}),
  })
  server.watches.add(watch)
  const cancel = () => void cancelUntilEnded(server.http, promptId, watch)
  try {
    const { partial, changed } = await submitPrompt(server.http, {
      promptId,
      prompt: job.prompt,
      clientId: server.socket.clientId,
      extraData: job.extraData ?? {},
      note: job.note,
    })
    watch.submitted()
    if (partial) {
      await cancelUntilEnded(server.http, promptId, watch)
      throw partial
    }
    job.onQueued?.()
    if (changed.length > 0) job.onChangedFiles?.(changed)
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel, { once: true })
    return await watch.end
  } finally {
    signal?.removeEventListener('abort', cancel)
    server.watches.delete(watch)
    watch.fail(new DiscomfortError('CLOSED', 'The job is no longer watched.', { details: { what: promptId } }))
  }
}

/** How often a cancel may stay without an answer before the job is given up. */
const unansweredCancels = 3

/** An acknowledged cancel may lose against the job, so it is repeated; only the job's end counts. */
async function cancelUntilEnded(http: Http, promptId: string, watch: JobWatch): Promise<void> {
  const end = watch.end.then(
    () => true,
    () => true,
  )
  let unanswered = 0
  for (;;) {
    try {
      await cancelJob(http, promptId)
      unanswered = 0
    } catch (error) {
      if (!isDiscomfortError(error)) throw error
      unanswered += 1
      if (unanswered === unansweredCancels) watch.fail(error)
    }
    if (await Promise.race([end, sleep(300, false)])) return
  }
}
