import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError } from '../../errors.ts'
import { discomfortHome } from '../../home.ts'
import { isCertainlyAlive, isDead } from '../../process-owner.ts'
import type { StayingRecord } from '../../schema/staying-server.ts'
import { killGroup } from '../launch/process-group.ts'
import { askServer } from './ask-server.ts'
import { removeRecord } from './records.ts'

/**
 * Stops a server of `discomfort up` as Ctrl-C does, after 5 s by force, with all that it started, and removes its state
 * file and its own folder. No process is touched that is not certainly this server.
 *
 * @param grace how long it may take to stop in its own way, in milliseconds
 * @returns `gone` where it had ended before
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE` where it cannot be told whether the process is this server
 */
export async function takeDown(record: StayingRecord, grace = 5000): Promise<'stopped' | 'killed' | 'gone'> {
  const { server, address } = record
  if (!isCertainlyAlive(server)) {
    const answer = await askServer(record)
    if (answer.kind === 'gone') {
      await forget(record)
      return 'gone'
    }
    if (answer.kind !== 'answers') {
      const reason = answer.kind === 'elsewhere' ? 'it runs on another machine or in another container' : answer.reason
      throw new DiscomfortError(
        'SERVER_UNREACHABLE',
        `The process ${server.pid} was left alone, since it cannot be told whether it is the ComfyUI that was at ${address}: ${reason}. Stop it by hand where it runs.`,
        { details: { url: address, reason } },
      )
    }
  }
  interrupt(server.pid)
  const isStopped = await isDeadWithin(record, grace)
  // Its children may outlive a clean stop.
  killGroup(server.pid)
  if (!isStopped) await isDeadWithin(record, 5000)
  await forget(record)
  return isStopped ? 'stopped' : 'killed'
}

/** Removes what stands on disk of a server that has ended. Its log stays. */
export async function forget(record: StayingRecord): Promise<void> {
  await removeRecord(record)
  if (dirname(record.ownFolder) !== join(discomfortHome(), 'servers')) return
  await rm(record.ownFolder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It has ended in between.
  }
}

async function isDeadWithin({ server }: StayingRecord, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  while (!isDead(server)) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}
