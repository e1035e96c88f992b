import { DiscomfortError } from '../../errors.ts'
import type { RunScript } from '../../schema/bridge.ts'

/** What errors call a script. */
export function nameOfScript(script: RunScript['script']): string {
  return 'path' in script ? script.path : 'node.ts'
}

/** The error for a script that `cannot run`, or `failed` while it ran. */
export function scriptError(
  script: string,
  what: 'cannot run' | 'failed',
  reason: string,
): DiscomfortError<'SCRIPT_FAILED'> {
  return new DiscomfortError('SCRIPT_FAILED', `The script ${script} ${what}: ${reason}.`, {
    details: { script, reason },
  })
}

/** The error for what a script threw, with the place in it. */
export function scriptThrew(script: string, cause: unknown): DiscomfortError<'SCRIPT_FAILED'> {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const place = error.stack
    ?.split('\n')
    .find((line) => line.includes(script))
    ?.trim()
  const at = place === undefined ? '' : ` (${place.replace(/^at /, '')})`
  return new DiscomfortError('SCRIPT_FAILED', `The script failed: ${error.message}${at}`, {
    details: { script, reason: error.message, ...(error.stack !== undefined && { stack: error.stack }) },
    cause,
  })
}
