import type { Command } from 'commander'
import { removePack } from '../server/install/pack/remove-pack.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { print, tell } from './write.ts'

export function nodesRemoveCommand(): Command {
  return createCommand('remove', {
    description: 'Take the node pack out of custom_nodes of a ComfyUI, where `discomfort nodes install` put it there.',
    examples: ['discomfort nodes remove ~/ComfyUI'],
    exitCodes: '0 removed (also: it was not there), 1 it could not be, 2 wrong usage',
  })
    .argument('<folder>', 'the folder of a ComfyUI (with main.py), the one above it, or its custom_nodes')
    .action(remove)
}

async function remove(folder: string, { json }: { json?: true }): Promise<void> {
  const { path, before } = await removePack(folder)
  const removed = before.kind !== 'none'
  if (json) return print(exactJson({ removed, path, before }))
  print(removed ? `The nodes are removed: ${path}` : `The nodes are not there: ${path}`)
  if (removed) tell('A ComfyUI that is running has them until its next start.')
}
