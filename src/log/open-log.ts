import { createRequire } from 'node:module'
import type { DestinationStream, pino as Pino } from 'pino'
import type { Log } from '../log.ts'
import { logLevels } from './levels.ts'
import { redact, redactText } from './redact.ts'

const stderr = 2

/**
 * Opens the log that the environment asks for. `DISCOMFORT_LOG` is its level; `DISCOMFORT_LOG_FILE` a file that lines
 * are added to, in place of stderr, and means `info` where it stands alone.
 */
export function openLog(env: NodeJS.ProcessEnv): Log {
  const file = env['DISCOMFORT_LOG_FILE'] || undefined
  const level = env['DISCOMFORT_LOG'] || (file ? 'info' : undefined)
  const from = (logLevels as readonly (string | undefined)[]).indexOf(level)
  if (from < 0) return {}
  // Loaded only here, and at once: it takes longer than the rest of the library, and nothing may be lost before.
  const { pino } = createRequire(import.meta.url)('pino') as { pino: typeof Pino }
  const { destination, problem } = openDestination(pino, file)
  const logger = pino(
    {
      level: level as string,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  const log = Object.fromEntries(
    logLevels
      .slice(from)
      .map((name) => [name, (fields: object, text: string) => logger[name](redact(fields), redactText(text))]),
  ) as Log
  if (problem) log.warn?.({ file, error: problem }, 'the log file cannot be opened, so the log is here')
  return log
}

/** Written at once, so that the last lines before a crash are there. A file that cannot be opened is no reason to stop. */
function openDestination(
  pino: typeof Pino,
  file: string | undefined,
): { destination: DestinationStream; problem?: unknown } {
  if (file) {
    try {
      return { destination: pino.destination({ dest: file, sync: true, mkdir: true, mode: 0o600 }) }
    } catch (problem) {
      return { destination: pino.destination({ dest: stderr, sync: true }), problem }
    }
  }
  return { destination: pino.destination({ dest: stderr, sync: true }) }
}
