import type { WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import type { GraphInput, GraphNode, GraphOutput, Widget } from '../graph.ts'
import { typeName } from '../type-name.ts'
import { nodeRole } from '../node-role.ts'
import { looseWidgets } from '../widgets/loose-widgets.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import { withTextValues } from '../widgets/text-values.ts'
import { withViewport } from '../widgets/viewport-state.ts'
import { mergeInputs } from './merge-inputs.ts'
import { commonParts, feed, type Place } from './place.ts'

/** Reads a node that is no subgraph. */
export function plainNode(drawn: WorkflowNode, place: Place, spec: ClassSpec | undefined): GraphNode {
  const read = spec ? withViewport(readWidgets(spec, drawn), drawn) : looseWidgets(drawn)
  const widgets = withTextValues(read, place.frontend)
  const inputs = mergeInputs(drawn, spec, widgets, place.frontend).map(({ link, ...input }): GraphInput => ({
    ...input,
    ...feed(place, link, input.type),
  }))
  const node: GraphNode = {
    ...commonParts(drawn, place, spec),
    role: nodeRole(drawn.type, spec !== undefined),
    inputs,
    outputs: outputsOf(drawn, spec),
    widgets,
  }
  const given = place.given.get(String(drawn.id))
  return given ? withGiven(node, given) : node
}

/**
 * A value from outside comes in over the widget's socket, and the widget takes it over. A primitive's only widget
 * goes by the name "value"; one that the subgraph's node speaks for without holding a value writes nothing.
 */
function withGiven(node: GraphNode, given: ReadonlyMap<string, unknown>): GraphNode {
  if (node.role === 'primitive') {
    return given.has('value') ? { ...node, widgets: [{ name: 'value', value: given.get('value') }] } : node
  }
  const inputs = node.inputs.map((input): GraphInput => {
    const value = input.widget === undefined ? undefined : given.get(input.widget)
    return input.source || value === undefined ? input : { ...input, source: { kind: 'constant', value } }
  })
  const widgets = node.widgets.map((widget): Widget => {
    const value = given.get(widget.name)
    return value === undefined ? widget : { ...widget, value }
  })
  return { ...node, inputs, widgets }
}

/** A class knows its outputs better than an old file does, except for those that take the type of what they match. */
function outputsOf(drawn: WorkflowNode, spec: ClassSpec | undefined): readonly GraphOutput[] {
  const saved = drawn.outputs ?? []
  const defined = spec?.definition.output ?? []
  return Array.from({ length: Math.max(saved.length, defined.length) }, (_, slot): GraphOutput => {
    const type = defined[slot] === undefined ? '' : typeName(defined[slot])
    const own = type === '' || type === 'COMFY_MATCHTYPE_V3' ? typeName(saved[slot]?.type) : type
    return { type: own, source: undefined }
  })
}
