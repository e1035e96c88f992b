import { setTimeout as sleep } from 'node:timers/promises'
import { isDiscomfortError, type DiscomfortError } from '../../errors.ts'

/** How long it may take until the end of a process is told, in milliseconds. */
const justEnded = 1000

/**
 * That a server whose process we know does not answer may mean that it has just ended: then the crash, which `crashed`
 * tells, is what happened. Any other failure is as it is.
 */
export async function explainByEnd(
  failure: unknown,
  exited: Promise<unknown>,
  crashed: () => Promise<DiscomfortError> | undefined,
): Promise<unknown> {
  if (!isDiscomfortError(failure, 'SERVER_UNREACHABLE')) return failure
  await Promise.race([exited, sleep(justEnded, undefined, { ref: false })])
  return (await crashed()) ?? failure
}
