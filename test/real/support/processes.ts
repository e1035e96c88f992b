import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process, or any of the group that it leads, still runs. */
export function isRunning(pid: number): boolean {
  for (const target of [pid, -pid]) {
    try {
      process.kill(target, 0)
      return true
    } catch {
      // not this one
    }
  }
  return false
}

/** Waits until a process group is gone; false when it is still there after the time. */
export async function isGoneWithin(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  while (isRunning(pid)) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}
