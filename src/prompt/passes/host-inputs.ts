import type { NodeId, WorkflowNode } from '../../workflow/document.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import type { Source, Widget } from '../graph.ts'
import { nodeRole } from '../node-role.ts'
import { typeName } from '../type-name.ts'
import { hostValues, type InnerValues, type Promoted } from './host-values.ts'
import type { LinkedInput } from '../linked-input.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import type { Canvas } from './read-canvas.ts'
import type { Subgraph, Subgraphs } from './subgraphs.ts'

/** A node that stands for a subgraph: its sockets, its own widgets, and values that it gives to widgets inside. */
export interface HostSockets {
  readonly inputs: readonly LinkedInput[]
  readonly widgets: readonly Widget[]
  readonly inner: InnerValues
}

interface BorderInput {
  readonly name?: string
  readonly type?: unknown
  readonly linkIds?: readonly number[]
}

/** Reads the sockets of a subgraph's node. Its sockets are those of the definition; the node itself only adds links and values. */
export function hostInputs(
  host: WorkflowNode,
  id: string,
  { definition, canvas: inner }: Subgraph,
  subgraphs: Subgraphs,
  index: DefinitionIndex,
  frontend?: string,
): HostSockets {
  const saved = new Map((host.inputs ?? []).map((input) => [input.name, input]))
  const border = (definition.inputs ?? []) as readonly BorderInput[]
  const promoted = border.map(({ name = '', linkIds = [] }): Promoted => ({
    name,
    targets: linkIds.flatMap((link) => widgetTarget(link, inner, subgraphs, index)),
  }))
  const values = hostValues(
    host,
    promoted.filter(({ targets }) => targets.length > 0),
    frontend,
  )
  const inputs = border.map(({ name = '', type }, slot): LinkedInput => ({
    name,
    type: typeName(type),
    widget: promoted[slot]?.targets.length ? name : undefined,
    link: saved.get(name)?.link ?? null,
  }))
  const widgets = promoted.flatMap(({ name, targets: [first] }): Widget[] => {
    if (!first) return []
    if (values.own.has(name)) return [{ name, value: values.own.get(name) }]
    const from: Source = { kind: 'widget', node: `${id}:${first.node}`, widget: first.widget }
    return [{ name, value: undefined, from }]
  })
  return { inputs, widgets, inner: values.inner }
}

function widgetTarget(
  link: number,
  inner: Canvas,
  subgraphs: Subgraphs,
  index: DefinitionIndex,
  depth = 0,
): { node: NodeId; widget: string }[] {
  const target = inner.target(link)
  const node = target && inner.node(target.node)
  const input = node?.inputs?.find((candidate) => candidate.link === link)
  if (!target || !node || !input?.widget) return []
  const widget = input.widget.name ?? input.name
  const subgraph = subgraphs.get(node.type)
  const isThere = subgraph
    ? depth <= 64 && leadsToWidget(subgraph, input.name, subgraphs, index, depth + 1)
    : hasWidget(node, widget, index)
  return isThere ? [{ node: target.node, widget }] : []
}

/** Sockets may be saved as those of widgets where nothing inside is linked any more. */
function leadsToWidget(
  { definition, canvas }: Subgraph,
  name: string,
  subgraphs: Subgraphs,
  index: DefinitionIndex,
  depth: number,
): boolean {
  const border = (definition.inputs ?? []) as readonly BorderInput[]
  const links = border.find((input) => input.name === name)?.linkIds ?? []
  return links.some((link) => widgetTarget(link, canvas, subgraphs, index, depth).length > 0)
}

/** A reroute has no widget whatever its socket says, and a class lacks those that only another version of it has. */
function hasWidget(node: WorkflowNode, widget: string, index: DefinitionIndex): boolean {
  const spec = index(node.type)
  if (!spec) return nodeRole(node.type, false) !== 'virtual'
  const input = spec.inputs.find(({ name }) => name === widget)
  if (input) return input.kind === 'widget' || input.kind === 'dynamic-combo'
  return readWidgets(spec, node).some(({ name }) => name === widget)
}
