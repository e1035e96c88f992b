import type { Graph, GraphInput, GraphNode, Widget } from '../graph.ts'
import { chooseOption } from './choose-option.ts'
import { primitiveValues } from './primitive-values.ts'
import { fitNumber } from '../widgets/fit-number.ts'

/**
 * Writes the value of every primitive node into the widgets that it is linked to, then drops the primitives. Like the
 * page it reaches only widgets on its own canvas: through the border of a subgraph nothing comes, the widget inside
 * keeps its value.
 */
export function applyPrimitives(graph: Graph, frontend: string | undefined): Graph {
  if (![...graph.nodes.values()].some(({ role }) => role === 'primitive')) return graph
  const nodes = new Map<string, GraphNode>()
  const values = primitiveValues(graph, frontend)
  for (const [id, node] of graph.nodes) {
    if (node.role !== 'primitive') nodes.set(id, withPrimitives(node, graph, values, frontend))
  }
  return { nodes }
}

function withPrimitives(
  node: GraphNode,
  graph: Graph,
  values: ReadonlyMap<string, unknown>,
  frontend: string | undefined,
): GraphNode {
  const written = new Map<string, unknown>()
  const inputs = node.inputs.map((input): GraphInput => {
    const source = input.source?.kind === 'output' ? graph.nodes.get(input.source.node) : undefined
    if (source?.role !== 'primitive') return input
    const value = values.get(source.id)
    if (value !== undefined && source.scope === node.scope) written.set(input.widget ?? input.name, value)
    return { ...input, source: undefined }
  })
  if (inputs.every((input, index) => input === node.inputs[index])) return node
  const changed = [...written].reduce<GraphNode>(
    (current, [name, value]) => chooseOption(current, name, value, frontend),
    {
      ...node,
      inputs,
    },
  )
  return { ...changed, widgets: changed.widgets.map((widget) => write(widget, written)) }
}

function write(widget: Widget, written: ReadonlyMap<string, unknown>): Widget {
  const value = written.get(widget.name)
  if (value === undefined || widget.spec?.kind === 'dynamic-combo') return widget
  if (widget.spec?.type === 'PREVIEW_3D') return widget // a view, which holds no value of its own
  const fitted = widget.spec ? fitNumber(value, widget.spec) : value
  return fitted === null ? widget : { ...widget, value: fitted }
}
