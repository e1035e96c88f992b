import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Handshake } from '../schema/handshake.ts'
import { ok, refuse, type FakeRequest, type FakeResponse } from './answer.ts'
import { takePrompt, type ComfyServer } from './comfyui-routes.ts'
import type { FakeQueue, SubmitBody } from './fake-queue.ts'
import type { FakeValues } from './fake-values.ts'

/** What the routes of the pack need beside those of ComfyUI. */
export interface PackServer extends ComfyServer {
  readonly handshake: Handshake
  readonly values: FakeValues
  /** The id of this process: another one after a restart. */
  readonly instance: () => string
  /** The first answer to each prompt id. */
  readonly answers: Map<string, FakeResponse>
}

/** The routes of the pack; undefined for those that it does not have. */
export async function answerPack(server: PackServer, request: FakeRequest): Promise<FakeResponse | undefined> {
  const { queue, handshake, values } = server
  const { method, path } = request
  const job = /^\/discomfort\/jobs\/([^/]+)(\/cancel)?$/.exec(path)
  if (job) return method === (job[2] ? 'POST' : 'GET') ? tellJob(server, job[1] as string, !!job[2]) : undefined
  const probe = /^\/discomfort\/probe\/([0-9a-f-]+)$/.exec(path)
  if (method === 'GET' && probe) return readProbe(join(handshake.roots.disk, 'probes', probe[1] as string))
  switch (`${method} ${path}`) {
    case 'GET /discomfort/handshake':
      return ok(handshake)
    case 'POST /discomfort/submit':
      return takeOnce(server, request.body)
    case 'POST /discomfort/follow': {
      const { client_id: client, ids } = JSON.parse(request.body) as { client_id: string; ids: string[] }
      return ok({ v: 1, followed: ids.filter((id) => queue.follow(id, client)) })
    }
    default:
      return values.answer(request)
  }
}

/** Takes each id once: a repeated one gets the first answer again and runs nothing. */
function takeOnce(server: PackServer, body: string): FakeResponse {
  const { queue, answers } = server
  const { prompt_id: id, discomfort } = JSON.parse(body) as SubmitBody
  for (const old of discomfort?.forget ?? []) queue.forget(old)
  const isRefused = queue.state(id) === 'refused' && !answers.has(id)
  const answer =
    answers.get(id) ??
    (isRefused
      ? refuse(409, 'discomfort_refused', `The job ${id} was cancelled before it came.`)
      : takePrompt(server, body))
  if (!isRefused) answers.set(id, answer)
  const position = placeOf(queue, id)
  const place = position === null ? {} : { 'x-discomfort-position': String(position) }
  return { ...answer, headers: { 'x-discomfort-instance': server.instance(), ...place } }
}

/** How many jobs come before it; null unless it waits. */
function placeOf(queue: FakeQueue, id: string): number | null {
  return queue.state(id) === 'pending' ? queue.jobs.findIndex(({ promptId }) => promptId === id) : null
}

function tellJob({ queue, instance }: PackServer, id: string, isCancel: boolean): FakeResponse {
  if (isCancel) {
    const before = queue.state(id)
    if (!queue.cancel(id) && before === 'unknown') queue.refuse(id)
    if (before === 'pending' && queue.state(id) === 'unknown') queue.refuse(id)
  }
  const told = { state: queue.state(id), position: placeOf(queue, id), worker: queue.isWorking }
  return ok({ v: 1, id, instance: instance(), ...told })
}

async function readProbe(file: string): Promise<FakeResponse> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? refuse(404, 'discomfort_not_found', 'There is no such probe here.') : ok({ v: 1, text })
}
