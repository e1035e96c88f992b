import type { Graph } from '../graph.ts'

/** Removes muted nodes. What hangs on one is left without that input: a source that no longer exists counts as none. */
export function dropMuted(graph: Graph): Graph {
  return { nodes: new Map([...graph.nodes].filter(([, node]) => node.mode !== 'muted')) }
}
