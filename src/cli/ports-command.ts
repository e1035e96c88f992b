import type { Command } from 'commander'
import { readWorkflow } from '../files/read-workflow.ts'
import { createWorkflowLoader } from '../run/loaded-workflow.ts'
import { executionOrder } from '../stitch/execution-order.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { listPorts } from '../snippet/list-ports.ts'
import { addDefinitionOptions, loadDefinitions, type DefinitionOptions } from './load-definitions.ts'
import { portsScript } from '../snippet/ports-script.ts'
import { portsText } from './ports-text.ts'
import { print, printable, tell } from './write.ts'

interface PortsOptions extends DefinitionOptions {
  readonly script?: true
  readonly json?: true
}

export function portsCommand(): Command {
  const command = createCommand('ports', {
    description:
      'List what a workflow takes and gives: its INPUT, OUTPUT and PASSTHRU ports, and every address with its type and the value drawn there. A TypeScript script that runs it comes after.',
    examples: [
      'discomfort ports portrait.json',
      'discomfort ports portrait.png --definitions object_info.json --script > portrait.ts',
    ],
    exitCodes: '0 listed, 1 it failed, 2 wrong usage, 130 interrupted',
  })
    .argument('<workflow>', 'JSON, or a PNG or WebP that ComfyUI saved')
    .option('--script', 'print the script alone')
  return addDefinitionOptions(command).action(ports)
}

async function ports(source: string, options: PortsOptions): Promise<void> {
  // A wrong path is told before a server is started.
  const { name } = await readWorkflow(source)
  const { definitions, origin } = await loadDefinitions(options)
  const loaded = await createWorkflowLoader(definitions).load(source)
  const warnings = loaded.compiled.warnings
  for (const { title, message } of warnings) tell(`Warning: "${printable(title)}": ${message}`)
  const list = listPorts(loaded, definitions)
  const order = executionOrder(loaded.compiled.prompt)
  const script = portsScript(source, list, options.server)
  if (options.json)
    return print(exactJson({ workflow: name, definitions: origin, ...list, executionOrder: order, warnings, script }))
  if (options.script) return print(script)
  tell(`Node definitions: ${origin}`)
  print(`${printable(name)}: ${Object.keys(loaded.compiled.prompt).length} nodes\n`)
  print(portsText(list))
  print(`Order of execution\n  ${order.map(printable).join(' ')}\n`)
  print(`Script\n\n${script}`)
}
