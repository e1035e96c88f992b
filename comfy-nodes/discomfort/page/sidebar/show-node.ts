import { app } from '/scripts/app.js'
import type { Graph, PageNode } from '../comfy/types.ts'

/** Goes to a node: into the subgraph that holds it, and so that it is seen. */
export function showNode(node: PageNode): void {
  const { canvas } = app
  const { graph } = node
  if (!graph) return
  if (canvas.graph !== graph) {
    const host = hostOf(graph)
    if (host && 'inputNode' in graph) canvas.openSubgraph(graph, host)
    else canvas.setGraph(graph)
  }
  canvas.selectItems([node])
  canvas.centerOnNode(node)
  canvas.setDirty(true, true)
}

/** A node that stands for a subgraph. */
function hostOf(inside: Graph) {
  const graphs: Graph[] = [app.rootGraph, ...app.rootGraph.subgraphs.values()]
  for (const node of graphs.flatMap((graph) => graph.nodes))
    if (node.isSubgraphNode() && node.subgraph === inside) return node
  return undefined
}
