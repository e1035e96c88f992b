import type { StayingRecord } from '../schema/staying-server.ts'
import { tell } from './write.ts'

/** What JSON documents tell of a server that stays. */
export function toldRecord(record: StayingRecord): object {
  const { address, server, logFile, ownFolder, started, configuration } = record
  return { address, pid: server.pid, logFile, ownFolder, started, configuration }
}

/** A server that stays, in words. */
export function nameOf({ address, server }: StayingRecord): string {
  return `${address} (pid ${server.pid})`
}

/** Says of which servers that had ended something was left. */
export function tellRemoved(removed: readonly StayingRecord[]): void {
  for (const record of removed)
    tell(`The ComfyUI at ${nameOf(record)} had ended; what was left of it is removed. Its log: ${record.logFile}`)
}
