import type { Graph } from '../graph.ts'
import { rerouteSources } from './reroute-sources.ts'

/** Points every link that comes from a subgraph's node at the inner node that makes the value, then drops the subgraph's node. */
export function resolveSubgraphOutputs(graph: Graph): Graph {
  const resolved = rerouteSources(graph, (node, source) => {
    if (node.role !== 'subgraph' || node.mode === 'bypassed') return 'itself'
    const inner = node.outputs[source.slot]?.source
    // The question stays the one that was asked outside.
    return inner?.kind === 'output' ? { ...source, node: inner.node, slot: inner.slot } : inner
  })
  return {
    nodes: new Map([...resolved.nodes].filter(([, node]) => node.role !== 'subgraph' || node.mode === 'bypassed')),
  }
}
