import type { Graph, GraphInput, GraphNode, Widget } from '../graph.ts'
import { frontendSince } from '../frontend-version.ts'
import { primitiveValues } from './primitive-values.ts'
import { chosenInputs, firstKey, hasKey } from '../widgets/dynamic-combo.ts'
import { fitNumber } from '../widgets/fit-number.ts'
import type { InputSpec } from '../widgets/input-spec.ts'
import { newWidgets } from '../widgets/read-widgets.ts'

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
  const keepsKey = frontendSince(frontend, 1, 58)
  const changed = [...written].reduce<GraphNode>((current, entry) => choose(current, entry, keepsKey), {
    ...node,
    inputs,
  })
  return { ...changed, widgets: changed.widgets.map((widget) => write(widget, written)) }
}

/**
 * On a dynamic combo older frontends always fall back to the first option. The widgets that an option brings begin with
 * their defaults, sockets of other options go; newer frontends leave an option that is chosen already as it is.
 */
function choose(node: GraphNode, [name, value]: readonly [string, unknown], keepsKey: boolean): GraphNode {
  const at = node.widgets.findIndex((widget) => widget.name === name)
  const combo = node.widgets[at]?.spec
  if (combo?.kind !== 'dynamic-combo') return node
  const key = keepsKey && hasKey(combo, value) ? value : firstKey(combo)
  if (keepsKey && key === node.widgets[at]?.value) return node
  const isInside = (inner: { readonly name: string }): boolean => inner.name.startsWith(`${name}.`)
  const rest = node.widgets.slice(at + 1).filter((widget) => !isInside(widget))
  const brought = chosenInputs(combo, key)
  return {
    ...node,
    widgets: [...node.widgets.slice(0, at), ...newWidgets(combo, key), ...rest],
    inputs: node.inputs.filter((input) => !isInside(input) || brought.some((spec) => belongsTo(input, spec))),
  }
}

function belongsTo(input: GraphInput, spec: InputSpec): boolean {
  return input.name === spec.name || input.name.startsWith(`${spec.name}.`)
}

function write(widget: Widget, written: ReadonlyMap<string, unknown>): Widget {
  const value = written.get(widget.name)
  if (value === undefined || widget.spec?.kind === 'dynamic-combo') return widget
  const fitted = widget.spec ? fitNumber(value, widget.spec) : value
  return fitted === null ? widget : { ...widget, value: fitted }
}
