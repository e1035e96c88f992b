import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import { log } from '../../log.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import type { SubmitNote } from '../../schema/submit.ts'
import { cancelJob } from './cancel.ts'
import type { JobEnd } from './job-record.ts'
import type { JobServer } from './job-server.ts'
import { submitPrompt, type Submitted } from './submit.ts'
import { watchJob, type JobEars, type JobWatch } from './watch-job.ts'

/** One prompt to be run, and who wants to hear of it. */
export interface Job extends JobEars {
  readonly promptId: string
  readonly prompt: Prompt
  readonly extraData?: Readonly<Record<string, unknown>> | undefined
  readonly note?: SubmitNote | undefined
  readonly signal?: AbortSignal | undefined
  /** Called when the server has taken the job. */
  readonly onQueued?: ((submitted: Submitted) => void) | undefined
}

/**
 * Sends a prompt and follows it to its end. When `signal` fires, exactly this job is cancelled, again and again until it
 * has ended; where it ended by itself first, that end is the answer.
 *
 * @throws {@link DiscomfortError} what submitting and watching can raise, and `PROMPT_REJECTED` for a prompt that the
 * server took only in part: its good branch is cancelled before the error is raised.
 */
export async function runJob(server: JobServer, job: Job): Promise<JobEnd> {
  const { promptId, signal } = job
  signal?.throwIfAborted()
  await openSocket(server)
  const watch = watchJob(server, promptId, job)
  server.watches.add(watch)
  const done = new AbortController()
  const answered = new AbortController()
  let cancelling: Promise<void> | undefined
  const cancel = () => {
    cancelling ??= cancelUntilEnded(server, promptId, watch)
  }
  const stop = () => {
    // Without the pack nobody can refuse a job that has not come yet: first it must be known whether it was taken.
    if (server.hasJobRoutes) cancel()
    else void giveUp(server, watch, answered.signal)
  }
  try {
    signal?.addEventListener('abort', stop, { once: true })
    const sending = submitPrompt(
      server.http,
      {
        promptId,
        prompt: job.prompt,
        clientId: server.socket.clientId,
        extraData: job.extraData ?? {},
        note: job.note,
      },
      done.signal,
    )
    // What was cancelled before it came has no answer to wait for; what ended by itself may have been taken only in part.
    const refused = watch.end.then((end) => (end.kind === 'interrupted' ? undefined : sending))
    const submitted = await Promise.race([sending, refused])
    answered.abort()
    if (!submitted) return await watch.end
    watch.submitted(submitted.instance)
    if (submitted.partial) {
      await cancelUntilEnded(server, promptId, watch)
      throw submitted.partial
    }
    log.debug?.({ job: promptId, position: submitted.position }, 'job queued')
    job.onQueued?.(submitted)
    signal?.removeEventListener('abort', stop)
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel, { once: true })
    const end = await watch.end
    log.debug?.({ job: promptId, end: end.kind }, 'job ended')
    return end
  } catch (error) {
    log.debug?.({ job: promptId, code: isDiscomfortError(error) ? error.code : String(error) }, 'job failed')
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    signal?.removeEventListener('abort', cancel)
    answered.abort()
    done.abort(new DiscomfortError('CLOSED', 'The job is over.', { details: { what: promptId } }))
    server.watches.delete(watch)
    watch.fail(new DiscomfortError('CLOSED', 'The job is no longer watched.', { details: { what: promptId } }))
  }
}

/** How often the socket is tried before a job goes on without it: then its end is asked for, and it has no events. */
const socketTries = 3

async function openSocket({ socket, http }: JobServer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await socket.open()
    } catch (error) {
      if (!isDiscomfortError(error, 'SERVER_UNREACHABLE')) throw error
      if (/ECONNREFUSED|40[13]/.test(error.details.reason)) throw error
      if (attempt === socketTries) return
      await sleep(Math.min(100 * 2 ** attempt, http.patience))
    }
  }
}

/** How often a cancel may stay without an answer before the job is given up. */
const unansweredCancels = 3

/** An acknowledged cancel may lose against the job, so it is repeated; only the job's end counts. */
async function cancelUntilEnded(server: JobServer, promptId: string, watch: JobWatch): Promise<void> {
  const end = watch.end.then(
    () => true,
    () => true,
  )
  let unanswered = 0
  for (;;) {
    try {
      const place = await cancelJob(server, promptId)
      unanswered = 0
      if (place?.state === 'refused') watch.removed()
      else if (place?.state === 'ended') watch.check()
    } catch (error) {
      if (!isDiscomfortError(error)) throw error
      unanswered += 1
      if (unanswered === unansweredCancels) watch.fail(error)
    }
    if (await Promise.race([end, sleep(300, false)])) return
  }
}

/** An abort while the submit of a server without the pack is not answered: it is waited for as long as for any answer. */
async function giveUp({ http }: JobServer, watch: JobWatch, answered: AbortSignal): Promise<void> {
  await sleep(http.patience, undefined, { signal: answered }).catch(() => undefined)
  if (answered.aborted) return
  const message = `The run was cancelled before ComfyUI at ${http.base} answered its submit. Whether it took the prompt is not known: look at ${http.base}/queue.`
  watch.fail(new DiscomfortError('ABORTED', message, { details: { reason: 'no answer to the submit' } }))
}
