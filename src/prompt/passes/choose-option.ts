import { frontendSince } from '../frontend-version.ts'
import type { GraphInput, GraphNode } from '../graph.ts'
import { keptEntries, newEntries } from '../widgets/autogrow.ts'
import { bringsInputs, chosenInputs, firstKey, hasKey } from '../widgets/dynamic-combo.ts'
import type { InputSpec } from '../widgets/input-spec.ts'
import { newWidgets } from '../widgets/read-widgets.ts'

/**
 * Lets a primitive choose the option of a dynamic combo. Older frontends fall back to the first option where that brings
 * inputs; in newer ones the widgets of an option that is chosen already keep their values. Else the widgets that an
 * option brings begin with their defaults. Of the sockets those stay that the option has, too.
 */
export function chooseOption(node: GraphNode, name: string, value: unknown, frontend: string | undefined): GraphNode {
  const at = node.widgets.findIndex((widget) => widget.name === name)
  const combo = node.widgets[at]?.spec
  if (combo?.kind !== 'dynamic-combo') return node
  const isNewer = frontendSince(frontend, 1, 58)
  const isFree = hasKey(combo, value) && (isNewer || !bringsInputs(combo, firstKey(combo)))
  const key = isFree ? value : firstKey(combo)
  const isChosen = isNewer && key === node.widgets[at]?.value
  const isInside = (inner: { readonly name: string }): boolean => inner.name.startsWith(`${name}.`)
  const rest = node.widgets.slice(at + 1).filter((widget) => !isInside(widget))
  const sockets = new Set(chosenInputs(combo, key).flatMap((spec) => [...socketNames(spec, node.inputs, isNewer)]))
  return {
    ...node,
    widgets: isChosen ? node.widgets : [...node.widgets.slice(0, at), ...newWidgets(combo, key), ...rest],
    inputs: node.inputs.filter((input) => !isInside(input) || sockets.has(input.name)),
  }
}

/** A list begins anew. In older frontends it grows while the links come back, in newer ones afterwards. */
function socketNames(spec: InputSpec, inputs: readonly GraphInput[], isNewer: boolean): Iterable<string> {
  if (spec.kind !== 'autogrow') return [spec.name]
  if (isNewer) return newEntries(spec).map((entry) => entry.name)
  const entries = inputs.filter((input) => input.name.startsWith(`${spec.name}.`))
  return keptEntries(
    spec,
    entries.map(({ name, source }) => ({ name, isLinked: source !== undefined })),
  )
}
