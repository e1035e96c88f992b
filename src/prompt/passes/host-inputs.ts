import type { NodeId, WorkflowNode } from '../../workflow/document.ts'
import type { Source, Widget } from '../graph.ts'
import { nodeRole } from '../node-role.ts'
import { typeName } from '../type-name.ts'
import { hostValues, type InnerValues, type Promoted } from './host-values.ts'
import type { LinkedInput } from '../linked-input.ts'
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
): HostSockets {
  const saved = new Map((host.inputs ?? []).map((input) => [input.name, input]))
  const border = (definition.inputs ?? []) as readonly BorderInput[]
  const promoted = border.map(({ name = '', linkIds = [] }): Promoted => ({
    name,
    targets: linkIds.flatMap((link) => widgetTarget(link, inner, subgraphs)),
  }))
  const values = hostValues(
    host,
    promoted.filter(({ targets }) => targets.length > 0),
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
  depth = 0,
): { node: NodeId; widget: string }[] {
  const target = inner.target(link)
  const node = target && inner.node(target.node)
  const input = node?.inputs?.find((candidate) => candidate.link === link)
  if (!target || !input?.widget || !hasWidget(node, input.name, subgraphs, depth)) return []
  return [{ node: target.node, widget: input.widget.name ?? input.name }]
}

/** Sockets may be saved as those of widgets that are none: of a reroute, or where nothing inside is linked any more. */
function hasWidget(node: WorkflowNode | undefined, name: string, subgraphs: Subgraphs, depth: number): boolean {
  const subgraph = node && subgraphs.get(node.type)
  if (!subgraph) return node !== undefined && nodeRole(node.type, false) !== 'virtual'
  if (depth > 64) return false
  const { definition, canvas } = subgraph
  const border = (definition.inputs ?? []) as readonly BorderInput[]
  const links = border.find((input) => input.name === name)?.linkIds ?? []
  return links.some((link) => widgetTarget(link, canvas, subgraphs, depth + 1).length > 0)
}
