import { DiscomfortError } from './errors.ts'
import { logLevels } from './log/levels.ts'
import { openLog } from './log/open-log.ts'

/** Writes one line: what it is about as fields, and a text. Secrets in either are hidden. */
type WriteLog = (fields: Readonly<Record<string, unknown>>, text: string) => void

/**
 * What Discomfort does, as lines of JSON on stderr or in a file, for those who look for a fault. Levels that are not
 * asked for are undefined, so that with `log.debug?.(…)` the fields are not even made.
 *
 * @example
 * log.debug?.({ method, path, status, ms }, 'request')
 */
export interface Log {
  readonly debug?: WriteLog
  readonly info?: WriteLog
  readonly warn?: WriteLog
  readonly error?: WriteLog
}

/** The log of this process, as `DISCOMFORT_LOG` and `DISCOMFORT_LOG_FILE` say; without them nothing is logged or loaded. */
export const log: Log = openLog(process.env)

/** @throws {@link DiscomfortError} `CONFIG_INVALID` for a level that there is not */
export function assertLogLevel(level: string | undefined): void {
  if (!level || (logLevels as readonly string[]).includes(level)) return
  throw new DiscomfortError(
    'CONFIG_INVALID',
    `DISCOMFORT_LOG is "${level}" in the environment. It takes ${logLevels.join(', ')}, or nothing for no log.`,
    { details: { key: 'DISCOMFORT_LOG', reason: 'no level of the log' } },
  )
}
