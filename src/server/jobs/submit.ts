import { setTimeout as sleep } from 'node:timers/promises'
import { stringify as stringifyExact } from 'lossless-json'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import type { SubmitNote } from '../../schema/submit.ts'
import { postJson, type Http } from '../http.ts'
import { changedFiles } from '../noted-files.ts'
import { isQueued, readHistory } from './job-record.ts'
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

/**
 * Queues a prompt once. With the pack a lost answer is asked for again under the same id; without it the job is looked up
 * and never sent twice, since a repeated `POST /prompt` runs twice.
 *
 * @returns whether the server took all of it; `partial` is the error to raise once that job is cancelled, `changed` are
 * those of the note's files that are in another state now.
 * @throws {@link DiscomfortError} `PROMPT_REJECTED`, `SUBMIT_UNKNOWN`, `SERVER_UNREACHABLE`
 */
export async function submitPrompt(
  http: Http,
  submission: Submission,
): Promise<{ partial?: DiscomfortError<'PROMPT_REJECTED'>; changed: readonly string[] }> {
  const { promptId, prompt } = submission
  const response = await post(http, submission)
  if (!response) return { changed: [] }
  const answer = (await response.json().catch(() => ({}))) as PromptAnswer
  if (!response.ok) throw rejection(answer, prompt, promptId, response.status)
  const hasErrors = answer.node_errors !== undefined && Object.keys(answer.node_errors).length > 0
  const changed = changedFiles(response)
  return hasErrors ? { partial: rejection(answer, prompt, promptId, response.status), changed } : { changed }
}

/** The answer, or nothing where it was lost and the job is known to be there. */
async function post(http: Http, submission: Submission): Promise<Response | undefined> {
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
      return await postJson(http, note ? '/discomfort/submit' : '/prompt', body)
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
      if (attempt === 5) throw error
      await sleep(100 * 2 ** attempt)
    }
  }
}

async function isKnown(http: Http, promptId: string): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      if ((await isQueued(http, promptId)) || (await readHistory(http, promptId))) return true
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
