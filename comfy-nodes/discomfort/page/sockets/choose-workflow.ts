import { api } from '/scripts/api.js'
import { openMenu } from '../comfy/lite-graph.ts'
import { lastPointer } from '../comfy/pointer.ts'
import { tell } from '../comfy/tell.ts'
import type { PageNode } from '../comfy/types.ts'
import { findWidget } from '../comfy/widgets.ts'
import { refreshPorts } from './refresh-ports.ts'
import type { RunnerKind } from './runner-kinds.ts'

/** Lists the workflows that the user saved, and takes the one that is chosen. */
export async function chooseWorkflow(node: PageNode, kind: RunnerKind): Promise<void> {
  const paths = await savedWorkflows()
  if (paths.length === 0) {
    tell('info', node.title, 'There are no saved workflows yet. Save one that has Discomfort ports.')
    return
  }
  showChoices('Saved workflows', paths, (path) => {
    const [name, value] = kind.choose?.(node, path) ?? []
    const widget = name === undefined ? undefined : findWidget(node, name)
    if (!widget || value === undefined) return
    widget.value = value
    void refreshPorts(node)
  })
}

/** Paths inside the folder of saved workflows. */
async function savedWorkflows(): Promise<string[]> {
  const files: readonly { readonly path: string }[] = await api.listUserDataFullInfo('workflows')
  return files
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.json') && !path.split('/').some((part) => part.startsWith('.')))
    .sort((one, other) => one.localeCompare(other))
}

/** A menu at the pointer. The page adds a field to search it by its class. */
export function showChoices(title: string, choices: readonly string[], take: (choice: string) => void): void {
  const items = choices.map((choice) => ({ content: choice, callback: () => take(choice) }))
  openMenu(items, { title, event: lastPointer(), className: 'dark', scale: 1 })
}
