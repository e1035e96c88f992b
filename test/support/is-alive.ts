import { isDead, ownerOf } from '../../src/process-owner.ts'

/** Whether a process with this id still does anything: what has ended may wait for the system to clear it away. */
export function isAlive(pid: number): boolean {
  return !isDead({ ...ownerOf(process.pid), pid, startTime: null })
}
