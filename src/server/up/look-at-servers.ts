import type { StayingRecord } from '../../schema/staying-server.ts'
import { isDead } from '../../process-owner.ts'
import { getJson } from '../http/http.ts'
import { askServer } from './ask-server.ts'
import { readRecords } from './records.ts'
import { forget } from './take-down.ts'

/** How a server of `discomfort up` is. */
export interface ServerStatus {
  readonly record: StayingRecord
  /** `stale`: it had ended, and what was left of it is removed. `elsewhere`: on another machine with the same home. */
  readonly state: 'starting' | 'ready' | 'busy' | 'not answering' | 'elsewhere' | 'stale'
  /** How many jobs run and wait. */
  readonly jobs?: number
  /** The version of its ComfyUI. */
  readonly version?: string
  /** Why it does not answer. */
  readonly reason?: string
}

/** How all servers of `discomfort up` are. State files of those that have ended are told of once, and removed. */
export async function lookAtServers(): Promise<ServerStatus[]> {
  return Promise.all((await readRecords()).map(look))
}

async function look(record: StayingRecord): Promise<ServerStatus> {
  if (record.state === 'starting' && !isDead(record.server) && !isDead(record.starter))
    return { record, state: 'starting' }
  const answer = await askServer(record, { patience: 5000 })
  if (answer.kind === 'elsewhere') return { record, state: 'elsewhere' }
  if (answer.kind === 'silent') return { record, state: 'not answering', reason: answer.reason }
  if (answer.kind === 'gone') {
    await forget(record)
    return { record, state: 'stale' }
  }
  const version = answer.handshake.comfyui
  try {
    const queue = (await getJson(answer.http, '/queue', { small: true })) as Record<string, unknown[] | undefined>
    const jobs = (queue['queue_running']?.length ?? 0) + (queue['queue_pending']?.length ?? 0)
    return { record, version, state: jobs > 0 ? 'busy' : 'ready', jobs }
  } catch (error) {
    return { record, version, state: 'not answering', reason: (error as Error).message }
  }
}
