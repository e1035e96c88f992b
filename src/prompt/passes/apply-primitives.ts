import type { Graph, GraphNode, Widget } from '../graph.ts'

/** Writes the value of every primitive node into the widgets that it is linked to, then drops the primitives. */
export function applyPrimitives(graph: Graph): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) {
    if (node.role !== 'primitive') nodes.set(id, withPrimitives(node, graph))
  }
  return { nodes }
}

function withPrimitives(node: GraphNode, graph: Graph): GraphNode {
  const written = new Map<string, unknown>()
  const inputs = node.inputs.map((input) => {
    const source = input.source?.kind === 'output' ? graph.nodes.get(input.source.node) : undefined
    if (source?.role !== 'primitive') return input
    const value = source.widgets[0]
    if (value) written.set(input.widget ?? input.name, value.value)
    return { ...input, source: undefined }
  })
  if (inputs.every((input, index) => input === node.inputs[index])) return node
  const widgets = node.widgets.map((widget): Widget =>
    written.has(widget.name) ? { ...widget, value: written.get(widget.name) } : widget,
  )
  return { ...node, inputs, widgets }
}
