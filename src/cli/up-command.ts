import type { Command } from 'commander'
import { bringUp, type BroughtUp } from '../server/up/bring-up.ts'
import { collect, createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { interruption } from './interruption.ts'
import { toldRecord, tellRemoved } from './staying-text.ts'
import { resolveUp, type UpFlags } from './up-options.ts'
import { print, tell } from './write.ts'

export function upCommand(): Command {
  return createCommand('up', {
    description:
      'Start a ComfyUI that stays when the command has ended, and wait until it is ready. Scripts and commands with the same configuration use it and do not stop it.',
    examples: ['discomfort up', 'discomfort up --arg --lowvram --custom-nodes none --port 8190'],
    exitCodes: '0 it is up (also: it was up already), 1 it could not be started, 2 wrong usage, 130 interrupted',
  })
    .option('--comfyui <folder>', 'the ComfyUI to start (default: DISCOMFORT_COMFYUI, a known place, the managed one)')
    .option('--python <file>', 'the Python that runs it (default: DISCOMFORT_PYTHON, the one beside it)')
    .option('--arg <argument>', 'an argument for ComfyUI itself, e.g. --arg --lowvram; repeatable', collect)
    .option('--custom-nodes <name>', 'all (the default), none, or a pack to load; repeatable', collect)
    .option('--port <number>', 'its port (default: a free one)')
    .option('--output <folder>', "the folder of saved files (default: ComfyUI's own)")
    .option('--env <name=value>', 'a variable of its environment; repeatable', collect)
    .option('--keep-models <n>', 'how many loaded models stay from run to run (default: 8)')
    .option('--start-timeout <time>', 'how long the start may take: 90, 90s, 5m (default: 5m)')
    .action(up)
}

async function up(flags: UpFlags): Promise<void> {
  const signal = interruption()
  const options = await resolveUp(flags, signal)
  tell(`Starting the ComfyUI in ${options.installation.folder}, unless it is up …`)
  const brought = await bringUp(options)
  if (!flags.json) tellRemoved(brought.removed)
  report(brought, flags)
}

function report({ record, version, wasUp, removed }: BroughtUp, { json }: UpFlags): void {
  if (json) return print(exactJson({ wasUp, ...toldRecord(record), version, removed: removed.map(toldRecord) }))
  print(`ComfyUI ${version} is up${wasUp ? ' already' : ''} at ${record.address} (pid ${record.server.pid})`)
  tell(`Its log: ${record.logFile}`)
  tell(`It stays until \`discomfort down\`, or \`discomfort down ${record.server.pid}\` where several are up.`)
}
