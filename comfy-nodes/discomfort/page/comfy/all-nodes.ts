import { app } from '/scripts/app.js'
import type { Graph, PageNode } from './types.ts'

/** All nodes of the open workflow, those inside subgraphs too. A subgraph that is used twice is one. */
export function allNodes(): PageNode[] {
  const root: Graph | undefined = app.rootGraph
  if (!root) return []
  return [root, ...root.subgraphs.values()].flatMap((graph) => graph.nodes)
}

/** The nodes of one of our classes. */
export function nodesOfClass(name: string): PageNode[] {
  return allNodes().filter((node) => node.comfyClass === name)
}

/** The node that a prompt calls `outer:inner`. */
export function nodeAtPath(path: string): PageNode | undefined {
  let graph: Graph | undefined = app.rootGraph
  let found: PageNode | undefined
  for (const id of path.split(':')) {
    found = graph?.nodes.find((node) => String(node.id) === id)
    graph = found?.isSubgraphNode() ? found.subgraph : undefined
  }
  return found
}
