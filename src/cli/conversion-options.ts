import { type Command, Option } from 'commander'
import type { ConversionChoices } from '../run/run-options.ts'

/** What ComfyUI's page decides when it sends a workflow, as flags. */
export interface ConversionFlags {
  readonly seeds?: ConversionChoices['seeds']
  readonly dynamicPrompts?: ConversionChoices['dynamicPrompts']
  readonly keepMissing?: true
}

export function addConversionOptions(command: Command): Command {
  const seeds = new Option(
    '--seeds <what>',
    'keep seeds as drawn (default), advance them as their "control after generate" says, or randomize all',
  )
  const prompts = new Option('--dynamic-prompts <what>', 'keep choices ({red|blue}) as text (default), or resolve them')
  return command
    .addOption(seeds.choices(['keep', 'advance', 'randomize']))
    .addOption(prompts.choices(['keep', 'resolve']))
    .option('--keep-missing', 'keep node types that the server lacks, as they are, instead of failing')
}

export function conversionChoices({ seeds, dynamicPrompts, keepMissing }: ConversionFlags): ConversionChoices {
  return { seeds, dynamicPrompts, missingNodes: keepMissing ? 'keep' : 'error' }
}
