import type { Graph, GraphInput, GraphNode, Source } from '../graph.ts'

/** Replaces every reference to a widget inside a subgraph by the value that the widget holds. */
export function readPromoted(graph: Graph): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, withValues(node, graph))
  return { nodes }
}

function withValues(node: GraphNode, graph: Graph): GraphNode {
  if (!node.inputs.some(({ source, held }) => source?.kind === 'widget' || held?.kind === 'widget')) {
    return node.outputs.some(({ source }) => source?.kind === 'widget') ? withOutputValues(node, graph) : node
  }
  const inputs = node.inputs.map((input): GraphInput => ({
    ...input,
    source: valueOf(input.source, graph),
    held: valueOf(input.held, graph),
  }))
  return withOutputValues({ ...node, inputs }, graph)
}

function withOutputValues(node: GraphNode, graph: Graph): GraphNode {
  return { ...node, outputs: node.outputs.map((output) => ({ ...output, source: valueOf(output.source, graph) })) }
}

/** Goes inward: a widget of a subgraph's node may itself stand for one further inside. */
function valueOf(start: Source | undefined, graph: Graph): Source | undefined {
  let source = start
  for (let hops = 0; source?.kind === 'widget' && hops <= graph.nodes.size; hops += 1) {
    const { node, widget: name }: { node: string; widget: string } = source
    const widget = graph.nodes.get(node)?.widgets.find((candidate) => candidate.name === name)
    source = widget?.from ?? (widget ? { kind: 'constant', value: widget.value } : undefined)
  }
  return source
}
