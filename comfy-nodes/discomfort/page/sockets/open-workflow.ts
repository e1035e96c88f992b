import { app } from '/scripts/app.js'
import { tell } from '../comfy/tell.ts'
import type { PageNode } from '../comfy/types.ts'
import { showChoices } from './choose-workflow.ts'
import { readInnerWorkflow } from './read-inner-workflow.ts'
import type { RunnerKind } from './runner-kinds.ts'

/** A saved workflow as the page keeps it. */
type StoredWorkflow = Exclude<Parameters<typeof app.loadGraphData>[3], string | null | undefined>

/** What we use of the page's list of saved workflows. */
interface WorkflowStore {
  getWorkflowByPath(path: string): StoredWorkflow | null
  syncWorkflows?(): Promise<unknown>
}

/** Goes to the workflow that a node runs; where it names several, to the one that is chosen from a list. */
export async function openWorkflowOf(node: PageNode, kind: RunnerKind): Promise<void> {
  const paths = kind.workflows(node)
  const [only] = paths
  if (only === undefined) return tell('info', node.title, 'Choose a workflow first.')
  if (paths.length > 1) return showChoices('Open workflow', paths, (path) => void openWorkflow(node, path))
  await openWorkflow(node, only)
}

async function openWorkflow(node: PageNode, path: string): Promise<void> {
  try {
    const stored = await findStored(path)
    if (stored) await showStored(stored)
    else await showFile(path)
  } catch (error) {
    tell('error', node.title, error instanceof Error ? error.message : String(error))
  }
}

async function findStored(path: string): Promise<StoredWorkflow | undefined> {
  const store = app.extensionManager.workflow as unknown as Partial<WorkflowStore> | undefined
  if (!store?.getWorkflowByPath || /^([/\\]|[A-Za-z]:)/.test(path)) return undefined
  const inside = `workflows/${path}`
  const known = store.getWorkflowByPath(inside)
  if (known) return known
  // It may have been saved elsewhere since the page looked.
  await store.syncWorkflows?.()
  return store.getWorkflowByPath(inside) ?? undefined
}

/** Opens it in a tab of its own, or goes to the one where it is open. */
async function showStored(stored: StoredWorkflow): Promise<void> {
  if (!stored.isLoaded) await stored.load()
  await app.loadGraphData(plain(stored.activeState), true, true, stored)
}

/** Opens a file that is none of the saved ones, as if it had been dropped. */
async function showFile(path: string): Promise<void> {
  const name =
    path
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.json$/i, '') ?? path
  const workflow = await readInnerWorkflow(path)
  if ('nodes' in workflow) await app.loadGraphData(plain(workflow), true, true, name)
  else app.loadApiJson(plain(workflow), name)
}

function plain(data: unknown): object {
  return JSON.parse(JSON.stringify(data)) as object
}
