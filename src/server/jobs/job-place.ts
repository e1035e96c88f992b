import { jobStateSchema, type JobState } from '../../schema/job-state.ts'
import { request } from '../http/http.ts'
import { placeInQueue, readHistory, type HistoryEntry } from './job-record.ts'
import type { JobServer } from './job-server.ts'

/** Where a job is. */
export interface JobPlace {
  readonly state: JobState['state']
  /** How many jobs come before it; undefined where that is not known, and unless it waits. */
  readonly position?: number | undefined
  /** Which process of the server says so; undefined without the pack. */
  readonly instance?: string | undefined
  /** False where the server lives and its thread that executes prompts does not. */
  readonly worker?: boolean | undefined
  /** What history has of it, where it was asked. */
  readonly entry?: HistoryEntry | undefined
  /** Whether `unknown` is sure. History and queue are two questions, and a job may move in between. */
  readonly isSure: boolean
}

/**
 * Asks where a job is: the pack, which sees queue and history in one look, or else the routes of ComfyUI itself.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE` …
 */
export async function findJob(server: JobServer, promptId: string): Promise<JobPlace> {
  return (await askPack(server, promptId)) ?? askQueue(server, promptId)
}

/** The pack's answer about a job; undefined where there is no pack, or one that does not know the question. */
export async function askPack(
  server: JobServer,
  promptId: string,
  act: '' | '/cancel' = '',
): Promise<JobPlace | undefined> {
  if (!server.hasJobRoutes) return undefined
  const response = await request(server.http, `/discomfort/jobs/${promptId}${act}`, {
    method: act ? 'POST' : 'GET',
    small: true,
    repeatable: false,
  })
  const parsed = jobStateSchema.safeParse(await response.json().catch(() => undefined))
  if (response.status === 404 || response.status === 405) server.hasJobRoutes = false
  // An answer about another job was meant for another question.
  if (!parsed.success || parsed.data.id !== promptId) return undefined
  const { state, position, instance, worker } = parsed.data
  return { state, instance, isSure: true, position: position ?? undefined, worker: worker ?? undefined }
}

async function askQueue({ http }: JobServer, promptId: string): Promise<JobPlace> {
  const entry = await readHistory(http, promptId)
  if (entry) return { state: 'ended', entry, isSure: true }
  const waiting = await placeInQueue(http, promptId)
  if (waiting === undefined) return { state: 'unknown', isSure: false }
  return { ...waiting, isSure: true }
}
