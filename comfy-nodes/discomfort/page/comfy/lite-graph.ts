import { app } from '/scripts/app.js'
import type { Canvas, Graph, NodeType, PageNode } from './types.ts'

type Colors = Readonly<Record<string, { readonly color: string; readonly bgcolor: string }>>

/** What we use of litegraph, which the page keeps in its window. */
interface LiteGraphGlobal {
  createNode(type: string): PageNode | null
  isValidConnection(one: unknown, other: unknown): boolean
  ContextMenu: new (values: readonly unknown[], options: object) => unknown
  readonly LGraphNode: NodeType
  /** Whether nodes are drawn as elements instead of on the canvas. */
  readonly vueNodesMode?: boolean
}

const page = globalThis as unknown as {
  readonly LiteGraph: LiteGraphGlobal
  readonly LGraphCanvas?: { readonly node_colors?: Colors }
}

export const liteGraph = page.LiteGraph

/** The colours that the page's own menu offers for nodes. */
export function nodeColors(): Colors {
  return page.LGraphCanvas?.node_colors ?? {}
}

/** The graph that is shown now. */
export function shownGraph(): Graph {
  return app.canvas.graph ?? app.rootGraph
}

/** A change that the page takes as one step of undo. */
export function asOneChange(canvas: Canvas, change: () => void): void {
  canvas.emitBeforeChange()
  try {
    change()
  } finally {
    // Links change the order of nodes, which is saved. The page looks at it when it queues: a second step of undo.
    shownGraph().updateExecutionOrder()
    canvas.emitAfterChange()
    canvas.setDirty(true, true)
  }
}

/** Opens a menu of the page. */
export function openMenu(items: readonly unknown[], options: object): unknown {
  return new liteGraph.ContextMenu(items, options)
}
