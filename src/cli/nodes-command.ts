import { Command } from 'commander'
import { nodesInstallCommand } from './nodes-install-command.ts'
import { nodesRemoveCommand } from './nodes-remove-command.ts'

export function nodesCommand(): Command {
  return new Command('nodes')
    .description(
      'Put the node pack into the custom_nodes of a ComfyUI of your own, or take it out. A ComfyUI that Discomfort starts has it by itself.',
    )
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addCommand(nodesInstallCommand())
    .addCommand(nodesRemoveCommand())
}
