import type {
  LinkObject,
  LinkTuple,
  NodeId,
  SubgraphDefinition,
  Workflow,
  WorkflowNode,
} from '../../workflow/document.ts'

/**
 * Gives new ids to nodes of subgraph definitions whose id is taken, as the page does when it loads a workflow: first
 * come the ids of the main canvas, then the definitions in their saved order; a new id is the next free one after the
 * highest that the workflow ever used. Prompts from the page carry these ids, so ours must too.
 */
export function uniqueNodeIds(workflow: Workflow): Workflow {
  const subgraphs = workflow.definitions?.subgraphs
  if (!subgraphs || subgraphs.length === 0) return workflow
  const used = new Set<NodeId>(workflow.nodes.map((node) => node.id))
  let last = highestId(workflow)
  const nextFree = (): number => {
    do last += 1
    while (used.has(last))
    return last
  }
  const renamed = subgraphs.map((subgraph) => {
    const ids = new Map<NodeId, NodeId>()
    for (const { id } of subgraph.nodes ?? []) {
      const unique = used.has(id) ? nextFree() : id
      if (unique !== id) ids.set(id, unique)
      used.add(unique)
    }
    return ids.size === 0 ? subgraph : rename(subgraph, ids)
  })
  if (renamed.every((subgraph, index) => subgraph === subgraphs[index])) return workflow
  return { ...workflow, definitions: { ...workflow.definitions, subgraphs: renamed } }
}

function highestId(workflow: Workflow): number {
  const state = workflow['state'] as { lastNodeId?: unknown } | undefined
  const told = state?.lastNodeId ?? workflow['last_node_id']
  return typeof told === 'number' && Number.isSafeInteger(told) ? told : 0
}

function rename(subgraph: SubgraphDefinition, ids: ReadonlyMap<NodeId, NodeId>): SubgraphDefinition {
  const of = (id: NodeId): NodeId => ids.get(id) ?? id
  const nodes = (subgraph.nodes ?? []).map((node): WorkflowNode =>
    ids.has(node.id) ? { ...node, id: of(node.id) } : node,
  )
  const links = (subgraph.links ?? []).map((link): LinkTuple | LinkObject =>
    isTuple(link)
      ? [link[0], of(link[1]), link[2], of(link[3]), link[4], link[5]]
      : link && { ...link, origin_id: of(link.origin_id), target_id: of(link.target_id) },
  )
  return { ...subgraph, nodes, links }
}

function isTuple(link: LinkTuple | LinkObject): link is LinkTuple {
  return Array.isArray(link)
}
