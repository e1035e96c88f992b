import { groupOf, readGroups } from '../prompt/groups/read-groups.ts'
import type { Workflow, WorkflowNode } from '../workflow/document.ts'

const modelFile = /\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i
/** More than that come from damaged files only. */
const maxEntries = 1000

/** Whether a name is that of a model file. */
export function isModelFile(name: string): boolean {
  return modelFile.test(name)
}

/** A model file that a workflow needs, and where it says that it comes from. */
export interface NamedModel {
  readonly name: string
  readonly url: string | undefined
  /** The folder below `models`. */
  readonly directory: string | undefined
  readonly nodes: readonly string[]
}

/**
 * The model files that a workflow names with their sources: in `properties.models` of nodes, also inside of subgraphs and
 * old groups,
 * and in `models` of the workflow (older files). Nodes that are off or have another file chosen meanwhile do not count.
 */
export function namedModels(workflow: Workflow): NamedModel[] {
  const models = new Map<string, NamedModel & { readonly nodes: string[] }>()
  const add = (entry: unknown, node: WorkflowNode | undefined): void => {
    const read = readEntry(entry)
    if (!read || (node && !isChosen(node, read.name))) return
    const { url, directory, nodes } = models.get(read.name) ?? { ...read, nodes: [] }
    const user = node && `"${node.title ?? node.type}" (node ${node.id})`
    if (user !== undefined && nodes.at(-1) !== user) nodes.push(user)
    models.set(read.name, { ...read, url: url ?? read.url, directory: directory ?? read.directory, nodes })
  }
  const inner = (workflow.definitions?.subgraphs ?? []).flatMap(({ nodes }) => nodes ?? [])
  const drawn = [...workflow.nodes, ...inner]
  for (const node of [...drawn, ...membersOfGroups(workflow, drawn)]) {
    if (node.mode === 2 || node.mode === 4) continue
    for (const entry of listOf(node.properties?.['models'])) add(entry, node)
  }
  for (const entry of listOf(workflow['models'])) add(entry, undefined)
  return [...models.values()]
}

/** The nodes of old groups that any node stands for. */
function membersOfGroups(workflow: Workflow, drawn: readonly WorkflowNode[]): readonly WorkflowNode[] {
  const groups = readGroups(workflow)
  const used = new Set(drawn.map(({ type }) => groupOf(groups, type)))
  return [...used].flatMap((group) => group?.members ?? [])
}

function readEntry(entry: unknown): Omit<NamedModel, 'nodes'> | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { name, url, directory } = entry as Record<string, unknown>
  if (typeof name !== 'string' || name === '') return undefined
  return { name, url: textOrNothing(url), directory: textOrNothing(directory) }
}

function isChosen({ widgets_values: held }: WorkflowNode, name: string): boolean {
  if (typeof held !== 'object' || held === null) return true
  return Object.values(held)
    .slice(0, maxEntries)
    .some((value) => typeof value === 'string' && isSameFile(value, name))
}

/** Lists of a server have the subfolder before the name. */
export function isSameFile(listed: string, name: string): boolean {
  const [one, other] = [listed.replaceAll('\\', '/'), name.replaceAll('\\', '/')]
  return one === other || one.endsWith(`/${other}`)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, maxEntries) : []
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
