import type { SubgraphDefinition, WorkflowNode } from '../workflow/document.ts'
import { draftCanvas, list, type CanvasDraft, type NodeDraft } from './canvas-draft.ts'
import type { SubgraphDraft } from './subgraph-draft.ts'

/**
 * A subgraph's node saves the values of widgets inside in the order of the inputs that lead to them, or by a list of its
 * own (`proxyWidgets`). Those of inputs that lead to no widget any more, and of widgets that are gone, must go too.
 */
export function keepHostValues(host: NodeDraft, before: SubgraphDefinition, after: SubgraphDraft): void {
  const saved = list(host['widgets_values'])
  if (saved.length === 0) return
  const old = draftCanvas(before)
  const borders = list(before.inputs) as readonly { readonly name?: string; readonly linkIds?: readonly number[] }[]
  const promoted = borders.filter(({ linkIds = [] }) => linkIds.some((id) => leadsToWidget(old, id)))
  const stays = (name: string | undefined): boolean =>
    after.inputs.some((one) => one.name === name && one.linkIds.some((id) => leadsToWidget(after.canvas, id)))
  const properties = host['properties'] as WorkflowNode['properties']
  const entries = properties?.['proxyWidgets']
  if (!Array.isArray(entries)) {
    const values = saved.filter((_, at) => at >= promoted.length || stays(promoted[at]?.name))
    Object.assign(host, { widgets_values: values })
    return
  }
  const nodes = new Set(after.canvas.nodes.map(({ id }) => String(id)))
  const kept = (entries as unknown[]).map((entry) => {
    const [node, widget] = list(entry)
    return String(node) === '-1' ? stays(String(widget)) : nodes.has(String(node))
  })
  Object.assign(host, {
    widgets_values: saved.filter((_, at) => kept[at] ?? true),
    properties: { ...properties, proxyWidgets: (entries as unknown[]).filter((_, at) => kept[at]) },
  })
}

function leadsToWidget({ nodes }: CanvasDraft, link: number): boolean {
  return nodes.some(({ inputs }) => inputs.some((input) => input.link === link && input.widget))
}
