import type { Command } from 'commander'
import { describeInstall, installComfyUI, managedInstallation } from '../server/install/install.ts'
import type { Installation } from '../server/install/installation.ts'
import { agreesToInstall, progressPrinter } from '../server/install/provide-comfyui.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { interruption } from './interruption.ts'
import { usageError } from './usage-error.ts'
import { print, tell } from './write.ts'

interface InstallCommandOptions {
  readonly yes?: true
  readonly python?: string
  readonly json?: true
}

export function installCommand(): Command {
  return createCommand('install', {
    description:
      'Make the managed ComfyUI under DISCOMFORT_HOME (default: ~/.discomfort). What is fetched, from where and how big it gets is shown first.',
    examples: ['discomfort install', 'discomfort install --yes --python /usr/bin/python3.12'],
    exitCodes: '0 installed (also: already there), 1 it failed or was declined, 2 wrong usage, 130 interrupted',
  })
    .option('--yes', 'do not ask')
    .option('--python <file>', 'the Python to build on (default: DISCOMFORT_PYTHON, python3, python)')
    .action(install)
}

async function install(options: InstallCommandOptions): Promise<void> {
  const present = await managedInstallation()
  if (present) return report(present, true, options)
  for (const line of describeInstall()) tell(line)
  if (!options.yes && !(await isAgreed())) {
    tell('Nothing was installed.')
    if (options.json) print(exactJson({ installed: false }))
    process.exitCode = 1
    return
  }
  const signal = interruption()
  const made = await installComfyUI({ python: options.python, signal, onProgress: progressPrinter(tell) })
  report(made, false, options)
}

async function isAgreed(): Promise<boolean> {
  if (process.env['CI']) return true
  if (process.stdin.isTTY && process.stderr.isTTY) return agreesToInstall()
  throw usageError('--yes', 'There is no terminal to ask on. Add --yes to install what is listed above.')
}

function report({ folder, python, base }: Installation, wasThere: boolean, options: InstallCommandOptions): void {
  if (options.json) print(exactJson({ installed: true, wasThere, folder, python, base }))
  else print(`The managed ComfyUI is ${wasThere ? 'there already' : 'installed'}: ${folder}`)
}
