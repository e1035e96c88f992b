import type { Graph, GraphNode, Source } from '../graph.ts'
import { rerouteSources } from './reroute-sources.ts'

/**
 * Takes out nodes that exist in the page only. Reroutes pass their input on; a Get node passes on what the Set node of
 * the same name on the same canvas takes in; every other one (notes, labels) feeds nothing. Bypassed ones are left to
 * the pass for those: there the next node is asked for the type of the reroute, not of what lies behind it.
 */
export function resolveVirtual(graph: Graph): Graph {
  const setters = new Map<string, GraphNode>()
  for (const node of graph.nodes.values()) {
    if (node.type === 'SetNode') setters.set(channel(node), node)
  }
  const resolved = rerouteSources(graph, (node, source) => {
    if (node.role !== 'virtual' || node.mode === 'bypassed') return 'itself'
    const through = node.type === 'GetNode' ? setters.get(channel(node)) : node
    return retype(through?.inputs[source.slot]?.source, source.type)
  })
  return {
    nodes: new Map([...resolved.nodes].filter(([, node]) => node.role !== 'virtual' || node.mode === 'bypassed')),
  }
}

function channel(node: GraphNode): string {
  return `${node.scope} ${String(node.widgets[0]?.value)}`
}

function retype(source: Source | undefined, type: string): Source | undefined {
  return source?.kind === 'output' ? { ...source, type } : source
}
