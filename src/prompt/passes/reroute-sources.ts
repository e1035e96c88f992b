import type { Graph, GraphInput, GraphNode, Source } from '../graph.ts'

/** Where an output of a node really comes from: another source, nothing, or the node itself. */
export type Detour = (node: GraphNode, source: Source & { kind: 'output' }) => Source | undefined | 'itself'

/** Follows every input's source through `detour` until it stands. A ring of detours counts as nothing. */
export function rerouteSources(graph: Graph, detour: Detour): Graph {
  const follow = (start: Source): Source | undefined => {
    let source: Source | undefined = start
    for (let hops = 0; source?.kind === 'output'; hops += 1) {
      const node = graph.nodes.get(source.node)
      if (!node || hops > graph.nodes.size) return undefined
      const next: ReturnType<Detour> = detour(node, source)
      if (next === 'itself') return source
      source = next
    }
    return source
  }
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, reroute(node, follow))
  return { nodes }
}

function reroute(node: GraphNode, follow: (source: Source) => Source | undefined): GraphNode {
  let changed = false
  const inputs = node.inputs.map((input): GraphInput => {
    if (!input.source) return input
    const source = follow(input.source)
    if (source === input.source) return input
    changed = true
    return { ...input, source }
  })
  return changed ? { ...node, inputs } : node
}
