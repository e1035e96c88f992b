import type { NodeInput, SubgraphDefinition, WorkflowNode } from '../../workflow/document.ts'
import { typeName, type Widget } from '../graph.ts'
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
    const isWidget = (border.linkIds ?? []).some((link) => widgetTarget(link, inner, nodes))
    if (isWidget) widgets.push({ name, value: values[widgets.length] })
    return {
      name,
      type: typeName(border.type),
      widget: isWidget ? name : undefined,
      link: saved.get(name)?.link ?? null,
    }
  })
  return { inputs, widgets }
}

function widgetTarget(link: number, inner: Canvas, nodes: ReadonlyMap<unknown, WorkflowNode>): NodeInput | undefined {
  const target = inner.target(link)
  const input = target && nodes.get(target.node)?.inputs?.find((candidate) => candidate.link === link)
  return input?.widget ? input : undefined
}
