import type { SubgraphDefinition, WorkflowNode } from '../../workflow/document.ts'
import { typeName, type Source, type Widget } from '../graph.ts'
import type { LinkedInput } from './merge-inputs.ts'
import type { Canvas } from './read-canvas.ts'

interface BorderInput {
  readonly name?: string
  readonly type?: unknown
  readonly linkIds?: readonly number[]
}

/** The sockets of a node that stands for a subgraph, and the values that its own widgets hold. */
export function hostInputs(
  host: WorkflowNode,
  id: string,
  subgraph: SubgraphDefinition,
  inner: Canvas,
): { inputs: readonly LinkedInput[]; widgets: readonly Widget[] } {
  const saved = new Map((host.inputs ?? []).map((input) => [input.name, input]))
  const values = Array.isArray(host.widgets_values) ? (host.widgets_values as readonly unknown[]) : []
  const nodes = new Map(inner.nodes.map((node) => [node.id, node]))
  const widgets: Widget[] = []
  const inputs = (subgraph.inputs ?? []).map((raw): LinkedInput => {
    const border = raw as BorderInput
    const name = border.name ?? ''
    const target = (border.linkIds ?? []).map((link) => widgetTarget(link, id, inner, nodes)).find(Boolean)
    if (target) widgets.push(hostWidget(name, values, widgets.length, target))
    return {
      name,
      type: typeName(border.type),
      widget: target ? name : undefined,
      link: saved.get(name)?.link ?? null,
    }
  })
  return { inputs, widgets }
}

/** A value that was saved on the node wins over the one inside. */
function hostWidget(name: string, values: readonly unknown[], position: number, target: Source): Widget {
  return position < values.length ? { name, value: values[position] } : { name, value: undefined, from: target }
}

function widgetTarget(
  link: number,
  id: string,
  inner: Canvas,
  nodes: ReadonlyMap<unknown, WorkflowNode>,
): Source | undefined {
  const target = inner.target(link)
  const input = target && nodes.get(target.node)?.inputs?.find((candidate) => candidate.link === link)
  return input?.widget
    ? { kind: 'widget', node: `${id}:${target?.node}`, widget: input.widget.name ?? input.name }
    : undefined
}
