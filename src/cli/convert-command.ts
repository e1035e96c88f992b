import { Option, type Command } from 'commander'
import { readWorkflow } from '../files/read-workflow.ts'
import { placeFile } from '../image/place-file.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { ConversionWarning } from '../prompt/warning.ts'
import { workflowToPrompt } from '../prompt/workflow-to-prompt.ts'
import { askFrontend } from './ask-frontend.ts'
import { addConversionOptions, conversionChoices, type ConversionFlags } from './conversion-options.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { addDefinitionOptions, loadDefinitions, type DefinitionOptions } from './load-definitions.ts'
import { refuseExisting } from './refuse-existing.ts'
import { usageError } from './usage-error.ts'
import { print, printable, tell } from './write.ts'

interface ConvertOptions extends DefinitionOptions, ConversionFlags {
  readonly out?: string
  readonly overwrite?: true
  readonly via?: 'definitions' | 'frontend'
  readonly json?: true
}

export function convertCommand(): Command {
  const command = createCommand('convert', {
    description:
      'Convert a workflow into the prompt ("API format") that ComfyUI takes. Warnings go to stderr; integers keep all digits.',
    examples: [
      'discomfort convert portrait.json -o prompt.json',
      'discomfort convert portrait.png --definitions object_info.json > prompt.json',
      'discomfort convert scene.json --via frontend --server http://127.0.0.1:8188',
    ],
    exitCodes: '0 converted, 1 it failed, 2 wrong usage, 130 interrupted',
  })
    .argument('<workflow>', 'JSON, or a PNG or WebP that ComfyUI saved')
    .option('-o, --out <file>', 'write to a file (default: print)')
    .option('--overwrite', 'replace the file if it is there')
    .addOption(
      new Option(
        '--via <way>',
        'convert by node definitions (default), or by the page of the ComfyUI in a browser (needs playwright-core)',
      ).choices(['definitions', 'frontend']),
    )
  return addDefinitionOptions(addConversionOptions(command)).action(convert)
}

async function convert(source: string, options: ConvertOptions): Promise<void> {
  if (options.via === 'frontend') checkFrontend(options)
  if (options.out !== undefined) await refuseExisting([options.out], options.overwrite ?? false)
  const { prompt, warnings, origin } = await convertSource(source, options)
  for (const { node, title, message } of warnings) tell(`Warning: "${printable(title)}" (node ${node}): ${message}`)
  if (options.out !== undefined) {
    await placeFile(options.out, options.overwrite ?? false, `${exactJson(prompt)}\n`)
    tell(`${options.out}: ${Object.keys(prompt).length} nodes, by ${origin}`)
  }
  if (options.json)
    print(exactJson({ ...(options.out === undefined ? { prompt } : { file: options.out }), warnings, origin }))
  else if (options.out === undefined) print(exactJson(prompt))
}

async function convertSource(
  source: string,
  options: ConvertOptions,
): Promise<{ prompt: Prompt; warnings: readonly ConversionWarning[]; origin: string }> {
  const read = await readWorkflow(source)
  if (read.kind === 'prompt') return { prompt: read.prompt, warnings: [], origin: 'itself: it was a prompt already' }
  if (options.via === 'frontend') return { ...(await askFrontend(source, options)), warnings: [] }
  const { definitions, origin } = await loadDefinitions(options)
  const choices = { ...conversionChoices(options), source: read.name }
  return { ...workflowToPrompt(read.workflow, definitions, choices), origin }
}

/** A page belongs to a server, and decides itself about node types that it does not know. */
function checkFrontend({ definitions, keepMissing, seeds, dynamicPrompts }: ConvertOptions): void {
  if (definitions !== undefined) {
    throw usageError(
      '--definitions',
      '--via frontend asks the page of a ComfyUI, and a file of definitions has none. Name a running one with --server in place of --definitions.',
    )
  }
  const [given] = Object.entries({
    '--keep-missing': keepMissing,
    '--seeds': seeds,
    '--dynamic-prompts': dynamicPrompts,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
  if (given !== undefined)
    throw usageError(given, `${given} is for the conversion by definitions. Leave it out, or --via frontend.`)
}
