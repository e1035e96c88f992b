import { frontendSince } from '../frontend-version.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { bringsInputs, firstKey } from '../widgets/dynamic-combo.ts'
import { fitNumber } from '../widgets/fit-number.ts'
import type { InputSpec } from '../widgets/input-spec.ts'

/** What each primitive writes, by its id: its value, in the ranges of all widgets that it is linked to. */
export function primitiveValues(graph: Graph, frontend: string | undefined): ReadonlyMap<string, unknown> {
  const primitives = [...graph.nodes.values()].filter(({ role }) => role === 'primitive')
  const values = new Map(primitives.map((node) => [node.id, node.widgets[0]?.value]))
  const isNewer = frontendSince(frontend, 1, 58)
  if (isNewer) for (const [id, value] of lostValues(graph, primitives)) values.set(id, value)
  const failing = new Set<string>()
  for (const node of graph.nodes.values()) {
    for (const { name, type, widget = name, source } of node.inputs) {
      if (source?.kind !== 'output' || !values.has(source.node)) continue
      const value = values.get(source.node)
      if (type.endsWith('UPLOAD')) failing.add(source.node)
      const spec = isBeside(node, graph.nodes.get(source.node)) && node.widgets.find((one) => one.name === widget)?.spec
      if (spec && !isNewer && fails(spec, value)) failing.add(source.node)
      if (spec && value !== undefined) values.set(source.node, fitNumber(value, spec))
    }
  }
  // The page fails at such a primitive, and all that come later hold no value at all.
  const first = primitives.findIndex(({ id }) => failing.has(id))
  if (first !== -1) for (const { id } of primitives.slice(first + 1)) values.delete(id)
  return values
}

/**
 * Newer frontends drop the value of a primitive whose output has not been saved with the type of the widget that it
 * feeds (older ones wrote the choices there): it then shows what the first widget shows.
 */
function lostValues(graph: Graph, primitives: readonly GraphNode[]): ReadonlyMap<string, unknown> {
  const types = new Map(primitives.map(({ id, drawn }) => [id, drawn.outputs?.[0]?.type]))
  const lost = new Map<string, unknown>()
  for (const node of graph.nodes.values()) {
    for (const { name, widget = name, source } of node.inputs) {
      if (source?.kind !== 'output' || !types.has(source.node)) continue
      const target = node.widgets.find((one) => one.name === widget)
      if (target?.spec && types.get(source.node) !== target.spec.type) lost.set(source.node, target.value)
      types.delete(source.node)
    }
  }
  return lost
}

/** No frontend can make a primitive for an upload button, and older ones none for a dynamic combo whose option brings inputs. */
function fails(spec: InputSpec, value: unknown): boolean {
  return spec.kind === 'dynamic-combo' && (bringsInputs(spec, firstKey(spec)) || bringsInputs(spec, value))
}

function isBeside(node: GraphNode, primitive: GraphNode | undefined): boolean {
  return node.scope === primitive?.scope
}
