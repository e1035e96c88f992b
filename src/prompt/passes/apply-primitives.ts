import type { Graph, GraphInput, GraphNode, Widget } from '../graph.ts'
import { fitNumber } from '../widgets/fit-number.ts'

/**
 * Writes the value of every primitive node into the widgets that it is linked to, then drops the primitives. Like the
 * page it reaches only widgets on its own canvas: through the border of a subgraph nothing comes, the widget inside
 * keeps its value.
 */
export function applyPrimitives(graph: Graph): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) {
    if (node.role !== 'primitive') nodes.set(id, withPrimitives(node, graph))
  }
  return { nodes }
}

function withPrimitives(node: GraphNode, graph: Graph): GraphNode {
  const written = new Map<string, unknown>()
  const inputs = node.inputs.map((input): GraphInput => {
    const source = input.source?.kind === 'output' ? graph.nodes.get(input.source.node) : undefined
    if (source?.role !== 'primitive') return input
    const value = source.widgets[0]?.value
    if (value !== undefined && source.scope === node.scope) written.set(input.widget ?? input.name, value)
    return { ...input, source: undefined }
  })
  if (inputs.every((input, index) => input === node.inputs[index])) return node
  return { ...node, inputs, widgets: node.widgets.map((widget) => write(widget, written)) }
}

function write(widget: Widget, written: ReadonlyMap<string, unknown>): Widget {
  const value = written.get(widget.name)
  // Another option of a dynamic combo would need other inputs.
  if (value === undefined || widget.spec?.kind === 'dynamic-combo') return widget
  const fitted = widget.spec ? fitNumber(value, widget.spec) : value
  return fitted === null ? widget : { ...widget, value: fitted }
}
