import { Option, type Command } from 'commander'
import { readWorkflow } from '../files/read-workflow.ts'
import { placeFile } from '../image/place-file.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { stitchWorkflows, type StitchOptions } from '../stitch/stitch-workflows.ts'
import type { Workflow } from '../workflow/document.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { addDefinitionOptions, loadDefinitions, type DefinitionOptions } from './load-definitions.ts'
import { refuseExisting } from './refuse-existing.ts'
import { usageError } from './usage-error.ts'
import { print, printable, tell } from './write.ts'

interface StitchFlags extends DefinitionOptions {
  readonly out?: string
  readonly overwrite?: true
  readonly deleteInputPorts?: true | 'joined' | 'all'
  readonly deleteOutputPorts?: true | 'joined' | 'all'
  readonly json?: true
}

export function stitchCommand(): Command {
  const command = createCommand('stitch', {
    description:
      'Put workflows together into one that opens in ComfyUI: side by side, joined where an OUTPUT port and an INPUT port of a workflow behind it have one unique_id. Types are those that the files saved, unless node definitions are named.',
    examples: [
      'discomfort stitch load.json sample.json decode.json -o whole.json',
      'discomfort stitch load.json sample.json --delete-input-ports joined --definitions object_info.json > whole.json',
    ],
    exitCodes: '0 stitched, 1 it failed, 2 wrong usage, 130 interrupted',
  })
    .argument('<workflows...>', 'JSON, or PNG or WebP that ComfyUI saved, in the order in which they would run')
    .option('-o, --out <file>', 'write to a file (default: print)')
    .option('--overwrite', 'replace the file if it is there')
    .addOption(removal('--delete-input-ports', 'links in place of INPUT ports: of those that get a value, or all'))
    .addOption(removal('--delete-output-ports', 'no OUTPUT ports: of those that others take from, or all'))
  return addDefinitionOptions(command).action(stitch)
}

function removal(flag: string, description: string): Option {
  return new Option(`${flag} [which]`, description).choices(['joined', 'all']).preset('all')
}

async function stitch(sources: readonly string[], options: StitchFlags): Promise<void> {
  if (options.out !== undefined) await refuseExisting([options.out], options.overwrite ?? false)
  const read = await Promise.all(sources.map((source) => readWorkflow(source)))
  const names = read.map(({ name }) => name)
  const drawn = read.map((one): Workflow => {
    if (one.kind === 'workflow') return one.workflow
    throw usageError('workflows', `${one.name} is a prompt ("API format"), which has no drawing. Save the workflow itself from ComfyUI.`) // prettier-ignore
  })
  const nodeDefinitions = await namedDefinitions(options)
  const { workflow, ...ports } = stitchWorkflows(drawn, {
    names,
    nodeDefinitions,
    deleteInputPorts: which(options.deleteInputPorts),
    deleteOutputPorts: which(options.deleteOutputPorts),
  })
  if (options.out !== undefined) {
    await placeFile(options.out, options.overwrite ?? false, `${exactJson(workflow)}\n`)
    tell(`${options.out}: ${workflow.nodes.length} nodes of ${names.map(printable).join(', ')}`)
    const told = [
      ...ports.inputs.map(({ uniqueId, type }) => `  takes ${printable(uniqueId)} (${type})`),
      ...ports.outputs.map(({ uniqueId, type }) => `  gives ${printable(uniqueId)} (${type})`),
    ]
    for (const line of new Set(told)) tell(line)
  }
  if (options.json)
    print(exactJson({ ...(options.out === undefined ? { workflow } : { file: options.out }), ...ports }))
  else if (options.out === undefined) print(exactJson(workflow))
}

/** A server is asked only where one is named: the files tell enough otherwise. */
async function namedDefinitions(options: StitchFlags): Promise<NodeDefinitions | undefined> {
  if (options.definitions === undefined && options.server === undefined) return undefined
  return (await loadDefinitions(options)).definitions
}

function which(flag: StitchFlags['deleteInputPorts']): StitchOptions['deleteInputPorts'] {
  return flag === 'all' ? true : flag
}
