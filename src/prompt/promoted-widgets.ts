import type { Graph } from './graph.ts'

/** A widget on the node of a subgraph, and the inputs inside whose values it holds. */
export interface PromotedWidget {
  /** The node of the subgraph, which is in no prompt: `outer:inner` inside another one. */
  readonly node: string
  readonly title: string
  readonly widget: string
  readonly targets: readonly { readonly node: string; readonly input: string }[]
}

/** The widgets of subgraphs that hold values for nodes inside, through any number of borders. */
export function promotedWidgets(graph: Graph): readonly PromotedWidget[] {
  const found = new Map<string, PromotedWidget & { readonly targets: { node: string; input: string }[] }>()
  for (const { id, role, inputs } of graph.nodes.values()) {
    if (role === 'subgraph') continue
    for (const { name, source } of inputs) {
      if (!source || source.kind === 'output') continue
      for (const { node, widget } of source.hosts ?? []) {
        const key = JSON.stringify([node, widget])
        const title = graph.nodes.get(node)?.title ?? ''
        const known = found.get(key) ?? { node, title, widget, targets: [] }
        known.targets.push({ node: id, input: name })
        found.set(key, known)
      }
    }
  }
  return [...found.values()]
}
