import type { NodeId, SubgraphDefinition, Workflow, WorkflowNode } from '../../workflow/document.ts'
import { withEnds } from '../../workflow/links.ts'

/**
 * Gives new ids to nodes of subgraph definitions whose id is taken, as the page does when it loads a workflow: first
 * come the ids of the main canvas, then the definitions in their saved order; a new id is the next free one after the
 * highest that the file tells of or that a definition has shown until then. Prompts from the page carry these ids, so
 * ours must too.
 */
export function uniqueNodeIds(workflow: Workflow): Workflow {
  const subgraphs = workflow.definitions?.subgraphs
  if (!subgraphs || subgraphs.length === 0) return workflow
  const used = new Set(workflow.nodes.map(({ id }) => String(id)))
  let last = highestId(workflow)
  const nextFree = (): number => {
    do last += 1
    while (used.has(String(last)))
    return last
  }
  const renames = new Map<string, Renames>()
  for (const { id: subgraph, nodes = [] } of subgraphs) {
    const ids = new Map<NodeId, NodeId>()
    for (const { id } of nodes) {
      const unique = used.has(String(id)) ? nextFree() : id
      if (unique !== id) ids.set(id, unique)
      used.add(String(unique))
      last = Math.max(last, wholeNumber(id) ?? last)
    }
    if (ids.size > 0) renames.set(subgraph, ids)
  }
  if (renames.size === 0) return workflow
  const renamed = subgraphs.map((subgraph) => renameCanvas(subgraph, renames))
  const nodes = workflow.nodes.map((node) => renameEntries(node, renames))
  return { ...workflow, nodes, definitions: { ...workflow.definitions, subgraphs: renamed } }
}

/** Old id → new id on one canvas. */
type Renames = ReadonlyMap<NodeId, NodeId>

function wholeNumber(id: NodeId): number | undefined {
  const number = Number(id)
  return Number.isSafeInteger(number) && String(number) === String(id) ? number : undefined
}

function highestId(workflow: Workflow): number {
  const state = workflow['state'] as { lastNodeId?: unknown } | undefined
  const told = state?.lastNodeId ?? workflow['last_node_id']
  return typeof told === 'number' && Number.isSafeInteger(told) ? told : 0
}

function renameCanvas(subgraph: SubgraphDefinition, renames: ReadonlyMap<string, Renames>): SubgraphDefinition {
  const ids = renames.get(subgraph.id)
  const of = (id: NodeId): NodeId => ids?.get(id) ?? id
  const nodes = (subgraph.nodes ?? []).map((node) => ({ ...renameEntries(node, renames), id: of(node.id) }))
  if (!ids) return { ...subgraph, nodes }
  return { ...subgraph, nodes, links: (subgraph.links ?? []).map((link) => withEnds(link, of)) }
}

/** A subgraph's node may name widgets inside by the ids of their nodes. */
function renameEntries(node: WorkflowNode, renames: ReadonlyMap<string, Renames>): WorkflowNode {
  const ids = renames.get(node.type)
  const entries = node.properties?.['proxyWidgets']
  if (!ids || !Array.isArray(entries)) return node
  const byText = new Map([...ids].map(([id, unique]) => [String(id), String(unique)]))
  const proxyWidgets = (entries as unknown[]).map((entry) =>
    Array.isArray(entry)
      ? [byText.get(String(entry[0])) ?? (entry[0] as unknown), ...(entry.slice(1) as unknown[])]
      : entry,
  )
  return { ...node, properties: { ...node.properties, proxyWidgets } }
}
