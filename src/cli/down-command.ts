import type { Command } from 'commander'
import { DiscomfortError } from '../errors.ts'
import type { StayingRecord } from '../schema/staying-server.ts'
import { createHttp } from '../server/http/http.ts'
import { readRecords } from '../server/up/records.ts'
import { takeDown } from '../server/up/take-down.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { nameOf, toldRecord } from './staying-text.ts'
import { usageError } from './usage-error.ts'
import { print, tell } from './write.ts'

interface DownFlags {
  readonly all?: true
  readonly json?: true
}

export function downCommand(): Command {
  return createCommand('down', {
    description:
      'Stop a ComfyUI of `discomfort up`, as Ctrl-C would, and after 5 s by force. What runs on it is lost. No other process is ever stopped.',
    examples: ['discomfort down', 'discomfort down http://127.0.0.1:8190', 'discomfort down --all'],
    exitCodes: '0 stopped (also where none is up), 1 it could not be, 2 wrong usage',
  })
    .argument('[server]', 'its address or process id, where several are up')
    .option('--all', 'all that are up')
    .action(down)
}

async function down(server: string | undefined, { all, json }: DownFlags): Promise<void> {
  const chosen = choose(await readRecords(), server, all ?? false)
  const ends = await Promise.all(
    chosen.map(async (record) => {
      const how = await takeDown(record)
      if (!json) print(sentence(record, how))
      return { ...toldRecord(record), how }
    }),
  )
  if (json) print(exactJson({ servers: ends }))
  else if (ends.length === 0) tell('No ComfyUI is up.')
}

function choose(records: readonly StayingRecord[], server: string | undefined, all: boolean): readonly StayingRecord[] {
  if (server !== undefined && all) throw usageError('--all', 'Name one server, or say --all.')
  if (all) return records
  const known = records.map(nameOf).join(', ')
  if (server === undefined) {
    if (records.length < 2) return records
    throw usageError('server', `Several are up: ${known}. Name one by its address or process id, or say --all.`)
  }
  const found = records.filter((record) => String(record.server.pid) === server || record.address === addressOf(server))
  if (found.length > 0) return found
  throw new DiscomfortError(
    'SERVER_UNREACHABLE',
    `No ComfyUI of \`discomfort up\` is ${server}. ${known === '' ? 'None is up.' : `Up: ${known}.`}`,
    { details: { url: server, reason: 'it is not up' } },
  )
}

/** As people type it. A bare number is a process id. */
function addressOf(server: string): string | undefined {
  if (/^\d+$/.test(server)) return undefined
  return createHttp(server).base.replace('//localhost:', '//127.0.0.1:')
}

function sentence(record: StayingRecord, how: 'stopped' | 'killed' | 'gone'): string {
  const name = nameOf(record)
  if (how === 'gone') return `The ComfyUI at ${name} had ended; what was left of it is removed.`
  return `The ComfyUI at ${name} is stopped${how === 'killed' ? ', by force' : ''}.`
}
