import type { Command } from 'commander'
import { createCommand } from './create-command.ts'
import type { Check } from './doctor/check.ts'
import { comfyuiChecks } from './doctor/comfyui-checks.ts'
import { machineChecks } from './doctor/machine-checks.ts'
import { workflowChecks } from './doctor/workflow-checks.ts'
import { exactJson } from './exact-json.ts'
import { addDefinitionOptions, type DefinitionOptions } from './load-definitions.ts'
import { print, printable } from './write.ts'

interface DoctorOptions extends DefinitionOptions {
  readonly json?: true
}

export function doctorCommand(): Command {
  const command = createCommand('doctor', {
    description:
      'Say what is found on this machine and what is missing, each with the next step. With a workflow: also its missing node types and model files.',
    examples: ['discomfort doctor', 'discomfort doctor portrait.json --server http://127.0.0.1:8188'],
    exitCodes: '0 no problem (warnings do not count), 1 a problem, 2 wrong usage, 130 interrupted',
  }).argument('[workflow]', 'JSON, or a PNG or WebP that ComfyUI saved')
  return addDefinitionOptions(command).action(doctor)
}

async function doctor(source: string | undefined, options: DoctorOptions): Promise<void> {
  const { checks, hasComfyUI } = await comfyuiChecks(options)
  const all = [
    ...(await machineChecks({ python: options.python, hasComfyUI })),
    ...checks,
    ...(source === undefined ? [] : await workflowChecks(source, options)),
  ]
  const problems = all.filter(({ status }) => status === 'problem').length
  const warnings = all.filter(({ status }) => status === 'warning').length
  if (options.json) print(exactJson({ ok: problems === 0, problems, warnings, checks: all }))
  else {
    for (const check of all) print(checkText(check))
    print(`\n${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`)
  }
  if (problems > 0) process.exitCode = 1
}

function checkText({ name, status, message, next }: Check): string {
  const indent = ' '.repeat(10)
  const lines = [`${status.padEnd(8)}  ${name}: ${message}`, ...(next === undefined ? [] : [`${indent}${next}`])]
  // Messages of errors have lines of their own.
  return lines
    .flatMap((line) => line.split('\n').map((part, at) => (at > 0 ? indent : '') + printable(part)))
    .join('\n')
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`
}
