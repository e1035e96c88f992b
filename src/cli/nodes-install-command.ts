import type { Command } from 'commander'
import { installPack, type PackInstall } from '../server/install/pack/install-pack.ts'
import { packFolder } from '../server/install/pack/pack-folder.ts'
import { createCommand } from './create-command.ts'
import { exactJson } from './exact-json.ts'
import { usageError } from './usage-error.ts'
import { print, tell } from './write.ts'

interface NodesInstallOptions {
  readonly copy?: true
  readonly link?: true
  readonly json?: true
}

export function nodesInstallCommand(): Command {
  return createCommand('install', {
    description:
      'Put the node pack into custom_nodes/discomfort of a ComfyUI: a link to this package, so that it is updated with it. Installing again updates what is there. Nothing but what this command made is replaced.',
    examples: ['discomfort nodes install ~/ComfyUI', 'discomfort nodes install C:\\ComfyUI_windows_portable --copy'],
    exitCodes: '0 installed (also: it was there already), 1 it could not be, 2 wrong usage',
  })
    .argument('<folder>', 'the folder of a ComfyUI (with main.py), the one above it, or its custom_nodes')
    .option('--copy', 'a copy instead of a link: install it again after each update of this package')
    .option('--link', 'a link, also where a copy is')
    .action(install)
}

async function install(folder: string, { copy, link, json }: NodesInstallOptions): Promise<void> {
  if (copy && link) throw usageError('--copy', 'Say --copy or --link, not both.')
  const made = await installPack(folder, copy ? 'copy' : link ? 'link' : undefined)
  if (json) return print(exactJson({ installed: true, ...made, package: packFolder }))
  print(sentence(made))
  for (const warning of made.warnings) tell(`Warning: ${warning}`)
  tell('Restart ComfyUI. The nodes are then under "discomfort" where nodes are added.')
}

function sentence({ path, kind, before }: PackInstall): string {
  const what = kind === 'link' ? `a link to ${packFolder}` : `a copy of ${packFolder}`
  if (before.kind === 'none') return `The nodes are installed: ${path} is ${what}.`
  if (before.kind === 'copy')
    return `The nodes are updated: ${path} ${kind === 'copy' ? 'is a new copy of' : 'was a copy, and is a link to'} ${packFolder}.`
  if (kind === 'link' && before.target === packFolder) return `The nodes are installed already: ${path} is ${what}.`
  return `The nodes are updated: ${path} led to ${before.target}, and is ${what}.`
}
