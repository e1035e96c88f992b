import type { Command } from 'commander'
import { lookAtServers, type ServerStatus } from '../server/up/look-at-servers.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { tellRemoved, toldRecord } from './staying-text.ts'
import { table } from './table.ts'
import { print, tell } from './write.ts'

export function statusCommand(): Command {
  return createCommand('status', {
    description:
      'List the ComfyUIs of `discomfort up`: whether they start, are ready, busy or do not answer. What is left of such that have ended is told and removed.',
    examples: ['discomfort status', 'discomfort status --json'],
    exitCodes: '0 told (also where none is up), 2 wrong usage',
  }).action(status)
}

async function status({ json }: { json?: true }): Promise<void> {
  const all = await lookAtServers()
  const servers = all.filter(({ state }) => state !== 'stale')
  const removed = all.filter(({ state }) => state === 'stale').map(({ record }) => record)
  if (json) return print(exactJson({ servers: servers.map(told), removed: removed.map(toldRecord) }))
  tellRemoved(removed)
  if (servers.length === 0) return tell('No ComfyUI is up. Start one: discomfort up')
  const rows = servers.map((one) => [
    one.record.address,
    String(one.record.server.pid),
    stateText(one),
    upFor(one),
    one.version ?? '',
    one.record.configuration.comfyui,
  ])
  for (const line of table(['address', 'pid', 'state', 'up for', 'version', 'ComfyUI'], rows)) print(line)
}

function told({ record, state, jobs, version, reason }: ServerStatus): object {
  return { ...toldRecord(record), state, jobs, version, reason, uptime: uptime(record.started) }
}

function stateText({ state, jobs, reason }: ServerStatus): string {
  if (state === 'busy') return `busy with ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`
  if (state === 'elsewhere') return 'on another machine'
  return reason === undefined ? state : `${state}: ${reason}`
}

/** Seconds. */
function uptime(started: string): number {
  return Math.max(0, Math.round((Date.now() - Date.parse(started)) / 1000))
}

function upFor({ record }: ServerStatus): string {
  const seconds = uptime(record.started)
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ]
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min` : `${seconds} s`
}
