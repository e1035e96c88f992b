import type { WorkflowNode } from '../../workflow/document.ts'
import type { GraphInput, GraphNode, GraphOutput, Source, Widget } from '../graph.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import { typeName } from '../type-name.ts'
import { hostInputs } from './host-inputs.ts'
import { commonParts, feed, type Place } from './place.ts'
import { promotedPrimitives } from './promoted-primitives.ts'
import type { Subgraph, Subgraphs } from './subgraphs.ts'

/** Reads a node that stands for a subgraph, and the place in which the nodes inside it lie. */
export function hostNode(
  drawn: WorkflowNode,
  place: Place,
  subgraph: Subgraph,
  subgraphs: Subgraphs,
  index: DefinitionIndex,
): { node: GraphNode; inside: Place } {
  const { definition, canvas } = subgraph
  const common = commonParts(drawn, place, undefined)
  const sockets = hostInputs(drawn, common.id, subgraph, subgraphs, index, place.frontend)
  const given = place.given.get(String(drawn.id))
  const widgets = sockets.widgets.map((widget): Widget =>
    given?.get(widget.name) !== undefined ? { name: widget.name, value: given?.get(widget.name) } : widget,
  )
  const inputs = sockets.inputs.map(({ link, ...input }): GraphInput => ({
    ...input,
    ...feed(place, link, input.type),
  }))
  const inside: Place = {
    canvas,
    scope: `${common.id}:`,
    border: borderOf(common.id, inputs, widgets),
    frontend: place.frontend,
    given: promotedPrimitives(sockets.inner, canvas, index, place.frontend),
  }
  const outputs = (definition.outputs ?? []).map((output, slot): GraphOutput => {
    const { type: raw, linkIds } = output as { type?: unknown; linkIds?: readonly number[] }
    const type = typeName(raw)
    // An output that lists no links has none for the page, whatever the table of links says.
    const link = linkIds?.length === 0 ? null : canvas.intoOutput(slot)
    return { type, source: feed(inside, link, type).source }
  })
  return { node: { ...common, role: 'subgraph', inputs, outputs, widgets }, inside }
}

/** The inner side of a subgraph's inputs: a link from outside, else what the widget on the subgraph's node holds. */
function borderOf(id: string, inputs: readonly GraphInput[], widgets: readonly Widget[]): Place['border'] {
  return (slot) => {
    const input = inputs[slot]
    const widget = input && widgets.find((candidate) => candidate.name === input.name)
    const own: Source | undefined = widget && (widget.from ?? { kind: 'constant', value: widget.value })
    const inward = (source: Source | undefined) => (input && source ? over(source, id, input.name) : source)
    return input?.source ? { source: inward(input.source), held: inward(input.held ?? own) } : { source: inward(own) }
  }
}

/** A value that a widget holds has come over one border more. */
function over(source: Source, node: string, widget: string): Source {
  return source.kind === 'output' ? source : { ...source, hosts: [...(source.hosts ?? []), { node, widget }] }
}
