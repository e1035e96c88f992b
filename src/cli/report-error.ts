import { inspect } from 'node:util'
import { CommanderError } from 'commander'
import { isDiscomfortError } from '../errors.ts'
import { hideKnown, redactText } from '../log/redact.ts'
import { exactJson } from './exact-json.ts'
import { print, tell } from './write.ts'

/** Prints an error as one readable block, or as JSON, and gives the exit code that it stands for. */
export function reportError(error: unknown, how: { asJson: boolean; isInterrupted: boolean }): number {
  const told = how.isInterrupted ? interrupted : describe(error)
  if (how.asJson) print(hideKnown(exactJson({ error: told })))
  else tell(blockOf(told, error))
  if (how.isInterrupted) return 130
  return told.code === 'CONFIG_INVALID' ? 2 : 1
}

interface Told {
  readonly code: string
  readonly message: string
  readonly details: unknown
}

/** Whatever fell over then is a consequence. */
const interrupted: Told = { code: 'ABORTED', message: 'Interrupted.', details: { reason: 'interrupted by the user' } }

function describe(error: unknown): Told {
  if (isDiscomfortError(error)) return { code: error.code, message: error.message, details: error.details }
  if (error instanceof CommanderError) {
    const reason = error.message.replace(/^error: /, '')
    const message = `${reason[0]?.toUpperCase()}${reason.slice(1)}\nSee \`--help\` of discomfort and of each command.`
    return { code: 'CONFIG_INVALID', message, details: { reason } }
  }
  return { code: 'UNKNOWN', message: error instanceof Error ? error.message : String(error), details: {} }
}

function blockOf({ code, message, details }: Told, error: unknown): string {
  const lines = [hideKnown(`Error: ${message}`)]
  if (code === 'UNKNOWN') lines.push('This is no error that is known; DISCOMFORT_LOG=debug shows where it arose.')
  else lines.push(`(${code})`)
  if (process.env['DISCOMFORT_LOG'] === 'debug')
    lines.push(redactText(`details: ${exactJson(details)}\n${inspect(error)}`))
  return lines.join('\n')
}
