import { frontendSince } from '../frontend-version.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { bringsInputs, firstKey } from '../widgets/dynamic-combo.ts'
import { fitNumber } from '../widgets/fit-number.ts'
import type { InputSpec } from '../widgets/input-spec.ts'

/** What each primitive writes, by its id: its value, in the ranges of all widgets that it is linked to. */
export function primitiveValues(graph: Graph, frontend: string | undefined): ReadonlyMap<string, unknown> {
  const primitives = [...graph.nodes.values()].filter(({ role }) => role === 'primitive')
  const values = new Map(primitives.map((node) => [node.id, node.widgets[0]?.value]))
  const failing = new Set<string>()
  for (const node of graph.nodes.values()) {
    for (const { name, type, widget = name, source } of node.inputs) {
      if (source?.kind !== 'output' || !values.has(source.node)) continue
      const value = values.get(source.node)
      if (type.endsWith('UPLOAD')) failing.add(source.node)
      const spec = isBeside(node, graph.nodes.get(source.node)) && node.widgets.find((one) => one.name === widget)?.spec
      if (spec && fails(spec, value)) failing.add(source.node)
      if (spec && value !== undefined) values.set(source.node, fitNumber(value, spec))
    }
  }
  if (frontendSince(frontend, 1, 58)) return values
  // Older frontends fail at such a primitive, and all that come later hold no value at all.
  const first = primitives.findIndex(({ id }) => failing.has(id))
  if (first !== -1) for (const { id } of primitives.slice(first + 1)) values.delete(id)
  return values
}

/** Older frontends cannot make a primitive for an upload button, nor for a dynamic combo whose option brings inputs. */
function fails(spec: InputSpec, value: unknown): boolean {
  return spec.kind === 'dynamic-combo' && (bringsInputs(spec, firstKey(spec)) || bringsInputs(spec, value))
}

function isBeside(node: GraphNode, primitive: GraphNode | undefined): boolean {
  return node.scope === primitive?.scope
}
