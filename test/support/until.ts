import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a condition; the time limit of the test is the limit. */
export async function until(condition: () => unknown): Promise<void> {
  while (!(await condition())) await sleep(5)
}
