import { frontendSince } from '../frontend-version.ts'
import type { Graph, GraphNode, Widget } from '../graph.ts'

/**
 * Works out the place of a custom combo's choice among its options: of the choice that it shows. Older frontends show
 * the node's own one, also where the widget on a subgraph's node speaks for it.
 */
export function customCombos(graph: Graph, frontend: string | undefined): Graph {
  if (![...graph.nodes.values()].some(({ type }) => type === 'CustomCombo')) return graph
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, node.type === 'CustomCombo' ? withIndex(node, frontend) : node)
  return { nodes }
}

function withIndex(node: GraphNode, frontend: string | undefined): GraphNode {
  const source = node.inputs.find(({ widget }) => widget === 'choice')?.source
  const shown =
    source?.kind === 'constant' && frontendSince(frontend, 1, 58)
      ? source.value
      : node.widgets.find(({ name }) => name === 'choice')?.value
  const options = node.widgets.filter(({ name }) => /^option\d+$/.test(name)).map(({ value }) => value)
  const index = options.slice(0, -1).indexOf(shown)
  return {
    ...node,
    widgets: node.widgets.map((widget): Widget => (widget.name === 'index' ? { ...widget, value: index } : widget)),
  }
}
