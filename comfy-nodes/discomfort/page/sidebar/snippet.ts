import { listPorts } from '../../../../src/snippet/list-ports.ts'
import { portsScript } from '../../../../src/snippet/ports-script.ts'
import { tell } from '../comfy/tell.ts'
import type { OpenWorkflow } from '../ports/read-ports.ts'
import { savedPath } from './open-name.ts'

/** A TypeScript script that runs the open workflow on this server. */
function snippet({ part }: OpenWorkflow): string {
  const list = listPorts({ ports: part.ports, compiled: part.compiled }, part.definitions)
  return portsScript(savedPath() ?? 'workflow.json', list, location.origin)
}

/** Puts the script into the clipboard. */
export async function copySnippet(opened: OpenWorkflow | undefined): Promise<void> {
  if (!opened) return tell('warn', 'Discomfort', 'This workflow cannot be read, so there is no script for it.')
  try {
    await navigator.clipboard.writeText(snippet(opened))
  } catch {
    return tell('error', 'Discomfort', 'The browser does not let this page write into the clipboard.')
  }
  tell('success', 'Copied', 'A TypeScript script that runs this workflow.')
}
