import type { DiscomfortError } from '../../errors.ts'
import { unreachable } from './unreachable.ts'

/** Whether an answer is that of a proxy whose server does not answer it. */
export function isAway({ status }: Response): boolean {
  return status === 502 || status === 503 || status === 504
}

/** The error for such an answer. */
export function away(http: Parameters<typeof unreachable>[0], { status }: Response): DiscomfortError {
  return unreachable(http, new Error(`HTTP ${status} from what stands before it: it is not there, or still starting`))
}
