import type { Graph, GraphNode, Source } from '../graph.ts'
import { rerouteSources } from './reroute-sources.ts'

/**
 * Takes out nodes that exist in the page only. Reroutes pass their input on, and with it the type that the next node
 * wants, unless the link comes in over the border of a subgraph: then the socket on the border wants its own; a Get node
 * passes on what the Set node of the same name takes in, on its own canvas or on one around it; every other one (notes,
 * labels) feeds nothing.
 * Bypassed ones are left to the pass for those: there the next node is asked for the type of the reroute, not of what
 * lies behind it.
 */
export function resolveVirtual(graph: Graph): Graph {
  const setters = new Map<string, GraphNode>()
  for (const node of graph.nodes.values()) if (setTypes.has(node.type)) setters.set(channel(node.scope, node), node)
  const resolved = rerouteSources(graph, (node, source) => {
    if (!isOpen(node)) return 'itself'
    const through = getTypes.has(node.type) ? setterOf(node, setters) : node
    return retype(through?.inputs[source.slot]?.source, source.type)
  })
  return { nodes: new Map([...resolved.nodes].filter(([, node]) => !isOpen(node))) }
}

const setTypes: ReadonlySet<string> = new Set(['SetNode', 'easy setNode'])
const getTypes: ReadonlySet<string> = new Set(['GetNode', 'easy getNode'])

function isOpen(node: GraphNode): boolean {
  return node.role === 'virtual' && node.mode !== 'bypassed'
}

function setterOf(getter: GraphNode, setters: ReadonlyMap<string, GraphNode>): GraphNode | undefined {
  const canvases = getter.scope.split(':').slice(0, -1)
  for (let depth = canvases.length; depth >= 0; depth -= 1) {
    const scope = canvases
      .slice(0, depth)
      .map((id) => `${id}:`)
      .join('')
    const setter = setters.get(channel(scope, getter))
    if (setter) return setter
  }
  return undefined
}

function channel(scope: string, node: GraphNode): string {
  return `${scope} ${String(node.widgets[0]?.value)}`
}

function retype(source: Source | undefined, type: string): Source | undefined {
  return source?.kind === 'output' && !source.border ? { ...source, type } : source
}
