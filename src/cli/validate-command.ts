import type { Command } from 'commander'
import { isDiscomfortError } from '../errors.ts'
import { readWorkflow, type ReadSource } from '../files/read-workflow.ts'
import type { Finding } from '../validate/finding.ts'
import { validateWorkflow } from '../validate/validate-workflow.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { addDefinitionOptions, loadDefinitions, type DefinitionOptions } from './load-definitions.ts'
import { print, printable, tell } from './write.ts'

interface ValidateOptions extends DefinitionOptions {
  readonly json?: true
}

export function validateCommand(): Command {
  const command = createCommand('validate', {
    description:
      'Say everything that can be known to be wrong with workflows before they are sent: missing node types and models, missing inputs, links and values that do not fit, circles. Errors are what the server refuses, warnings what it takes without a word.',
    examples: ['discomfort validate portrait.json', 'discomfort validate *.json --definitions object_info.json --json'],
    exitCodes: '0 no error (warnings do not count), 1 an error, 2 wrong usage, 130 interrupted',
  }).argument('<workflows...>', 'JSON, or a PNG or WebP that ComfyUI saved')
  return addDefinitionOptions(command).action(validate)
}

async function validate(sources: readonly string[], options: ValidateOptions): Promise<void> {
  // Wrong paths are told before a server is started.
  const read: ReadSource[] = []
  for (const source of sources) read.push(await readWorkflow(source))
  const { definitions, origin, knowledge } = await loadDefinitions(options)
  const workflows = read.map((one) => {
    const workflow = one.kind === 'workflow' ? one.workflow : one.prompt
    try {
      const { findings } = validateWorkflow(workflow, definitions, { ...knowledge, source: one.name })
      return { workflow: one.name, ...counts(findings), findings }
    } catch (error) {
      // The file is named where it is read; what only shows when it unfolds does not know it.
      if (isDiscomfortError(error)) error.message = `${one.name}: ${error.message}`
      throw error
    }
  })
  const errors = sum(workflows.map((one) => one.errors))
  const warnings = sum(workflows.map((one) => one.warnings))
  if (options.json) print(exactJson({ ok: errors === 0, errors, warnings, definitions: origin, workflows }))
  else {
    tell(`Node definitions: ${origin}`)
    for (const { workflow, findings } of workflows) print(report(workflow, findings))
    print(`${counted(errors, 'error')}, ${counted(warnings, 'warning')}`)
  }
  if (errors > 0) process.exitCode = 1
}

function report(workflow: string, findings: readonly Finding[]): string {
  const ordered = ['error', 'warning'].flatMap((severity) => findings.filter((one) => one.severity === severity))
  const lines = ordered.map(({ severity, code, message, path }) => {
    const where = path === undefined ? '' : `\n          at ${printable(path)}`
    return `${severity.padEnd(8)}  ${code}: ${printable(message)}${where}`
  })
  return [`${printable(workflow)}: ${lines.length === 0 ? 'nothing to say' : ''}`.trimEnd(), ...lines, ''].join('\n')
}

function counts(findings: readonly Finding[]): { readonly errors: number; readonly warnings: number } {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return { errors, warnings: findings.length - errors }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`
}
