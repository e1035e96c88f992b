import { DiscomfortError } from '../../errors.ts'
import { startHint } from './start-hint.ts'

/** The error for a ComfyUI that could not be started: why, what to do where that is known, and the end of its log. */
export function startFailure(
  reason: string,
  tail: string[],
  more: { exitCode?: number | undefined; logFile?: string; hint?: string | undefined; cause?: unknown } = {},
): DiscomfortError<'SERVER_START_FAILED'> {
  const hint = more.hint ?? startHint(tail)
  const lines = [`ComfyUI could not be started: ${reason}.`]
  if (hint) lines.push(`Most likely ${hint}.`)
  if (tail.length > 0) lines.push('The last lines of its log:', ...tail.slice(-12).map((line) => `  ${line}`))
  if (more.logFile) lines.push(`The whole log: ${more.logFile}`)
  return new DiscomfortError('SERVER_START_FAILED', lines.join('\n'), {
    details: {
      reason,
      logTail: tail,
      ...(more.exitCode === undefined ? {} : { exitCode: more.exitCode }),
      ...(more.logFile ? { logFile: more.logFile } : {}),
      ...(hint ? { hint } : {}),
    },
    cause: more.cause,
  })
}
