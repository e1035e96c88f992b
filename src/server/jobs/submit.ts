import { setTimeout as sleep } from 'node:timers/promises'
import { stringify as stringifyExact } from 'lossless-json'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import type { SubmitNote } from '../../schema/submit.ts'
import { postJson, unreachable, type Http } from '../http/http.ts'
import { changedFiles } from '../knowledge/noted-files.ts'
import { placeInQueue, readHistory } from './job-record.ts'
import { rejection, type PromptAnswer } from './rejection.ts'

/** A prompt on its way to the server. */
export interface Submission {
  /** A lowercase UUID of our own, so that a lost answer can be resolved. */
  readonly promptId: string
  readonly prompt: Prompt
  readonly clientId: string
  readonly extraData: Readonly<Record<string, unknown>>
  /** Goes through the pack's route, which takes each id once. Without it the plain route is used. */
  readonly note?: SubmitNote | undefined
}

/** What the server said to a prompt. */
export interface Submitted {
  /** The error to raise once the job is cancelled: the server took only a part of it. */
  readonly partial?: DiscomfortError<'PROMPT_REJECTED'> | undefined
  /** Those of the note's files that are in another state now. */
  readonly changed: readonly string[]
  /** The process of the server that took it; undefined without the pack. */
  readonly instance?: string | undefined
  /** How many jobs come before it, where the server says so. */
  readonly position?: number | undefined
}

/**
 * Queues a prompt once. With the pack a lost answer is asked for again under the same id; without it the job is looked up
 * and never sent twice, since a repeated `POST /prompt` runs twice.
 *
 * @throws {@link DiscomfortError} `PROMPT_REJECTED`, `SUBMIT_UNKNOWN`, `SERVER_UNREACHABLE`; `ABORTED` where it was
 * cancelled before it came
 */
export async function submitPrompt(http: Http, submission: Submission, signal: AbortSignal): Promise<Submitted> {
  const { promptId, prompt } = submission
  const answered = await post(http, submission, signal)
  if (!answered) return { changed: [] }
  const { response, answer } = answered
  if (response.status === 409) throw refused(promptId)
  if (!response.ok) throw rejection(answer, prompt, promptId, response.status)
  const hasErrors = answer.node_errors !== undefined && Object.keys(answer.node_errors).length > 0
  const instance = response.headers.get('x-discomfort-instance') ?? undefined
  // The pack tells the place of jobs that wait: any other one has none before it.
  const position = response.headers.get('x-discomfort-position') ?? (instance === undefined ? undefined : 0)
  return {
    changed: changedFiles(response),
    instance,
    position: position === undefined ? undefined : Number(position),
    partial: hasErrors ? rejection(answer, prompt, promptId, response.status) : undefined,
  }
}

interface Answered {
  readonly response: Response
  readonly answer: PromptAnswer
}

/** The answer, or nothing where it was lost and the job is known to be there. */
async function post(http: Http, submission: Submission, signal: AbortSignal): Promise<Answered | undefined> {
  const { promptId, note } = submission
  const body = writeJson({
    prompt: submission.prompt,
    prompt_id: promptId,
    client_id: submission.clientId,
    extra_data: submission.extraData,
    ...(note ? { discomfort: note } : {}),
  })
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(http, note ? '/discomfort/submit' : '/prompt', { body, promptId, signal })
    } catch (error) {
      if (!isDiscomfortError(error, 'SERVER_UNREACHABLE') || error.details.reason === 'ECONNREFUSED') throw error
      if (!note) {
        if (await isKnown(http, promptId)) return undefined
        throw new DiscomfortError(
          'SUBMIT_UNKNOWN',
          `The answer to prompt ${promptId} was lost and the server does not know it. It was not sent again, since it could run twice. Look at ${http.base}/queue, then run it again.`,
          { details: { promptId }, cause: error },
        )
      }
      if (attempt === mostAttempts) throw error
      await sleep(Math.min(100 * 2 ** attempt, longestPause), undefined, { signal }).catch(() =>
        signal.throwIfAborted(),
      )
    }
  }
}

/** With the pack a submit may be repeated: for about a minute, since a network may be away that long. */
const mostAttempts = 16
const longestPause = 5000

/** One answer, which must be about this prompt: what stands between us and the server may send an older one again. */
async function ask(
  http: Http,
  path: string,
  { body, promptId, signal }: { readonly body: string; readonly promptId: string; readonly signal: AbortSignal },
): Promise<Answered> {
  const response = await postJson(http, path, body, { signal })
  let text: string
  try {
    text = await response.text()
  } catch (cause) {
    signal.throwIfAborted()
    throw unreachable(http, cause)
  }
  const answer = readAnswer(text)
  if (response.ok && answer.prompt_id !== promptId)
    throw unreachable(http, new Error('its answer to a submit is about another prompt'))
  if (response.status === 502 || response.status === 503 || response.status === 504)
    throw unreachable(http, new Error(`HTTP ${response.status}`))
  return { response, answer }
}

function readAnswer(text: string): PromptAnswer {
  try {
    return JSON.parse(text) as PromptAnswer
  } catch {
    return {}
  }
}

function refused(promptId: string): DiscomfortError<'ABORTED'> {
  return new DiscomfortError('ABORTED', 'The run was cancelled before the server took it.', {
    details: { promptId, reason: 'cancelled before it came' },
  })
}

async function isKnown(http: Http, promptId: string): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      if ((await placeInQueue(http, promptId)) || (await readHistory(http, promptId))) return true
    } catch (error) {
      if (!isDiscomfortError(error)) throw error
    }
    await sleep(200)
  }
  return false
}

/** JSON text with integers of any size: the plain way is three times as fast and refuses big integers by itself. */
function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return stringifyExact(value) as string
  }
}
