import type { Edit, EditorGraph, EditorNode, EditTools } from '../edits/editor.ts'

/** What `runEdits` needs of the page. `parity` was put there by us. */
interface EditorWindow {
  readonly app: {
    readonly rootGraph: EditorGraph & { serialize(): unknown }
    readonly canvas: {
      setGraph(graph: EditorGraph): void
      copyToClipboard(nodes: readonly EditorNode[]): void
      pasteFromClipboard(): void
    }
  }
  readonly LiteGraph: { createNode(type: string): EditorNode }
  readonly parity: {
    readonly edits: Readonly<Record<string, Edit>>
    /** Restarts the numbers from which the page draws its ids. */
    restart(seed: number): void
    readonly random: () => number
  }
}

/**
 * Edits the open workflow by chance and gives what the page saves, with what was done. Runs inside the page, where it
 * arrives as text. An edit that the page refuses is told, and the next one follows.
 */
export function editInPage({ seed, names }: { seed: number; names: readonly string[] }): {
  saved: string
  log: string[]
} {
  const { app, LiteGraph, parity } = globalThis as unknown as EditorWindow
  parity.restart(seed)
  const { random } = parity
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const tools: EditTools = {
    random,
    pick,
    createNode: (type) => LiteGraph.createNode(type),
    copyAndPaste: (graph, nodes) => {
      app.canvas.setGraph(graph)
      app.canvas.copyToClipboard(nodes)
      app.canvas.pasteFromClipboard()
      app.canvas.setGraph(app.rootGraph)
    },
  }
  const log: string[] = []
  for (let left = 2 + Math.floor(random() * 14); left > 0; left -= 1) {
    const canvases: EditorGraph[] = [app.rootGraph, ...(app.rootGraph.subgraphs?.values() ?? [])]
    const graph = random() < 0.6 ? app.rootGraph : pick(canvases)
    const name = pick(names)
    if (graph.nodes.length === 0) continue
    try {
      const done = parity.edits[name]?.(graph, tools)
      if (done !== undefined) log.push(`${graph === app.rootGraph ? '' : 'inside: '}${done}`)
    } catch (error) {
      log.push(`refused: ${name}: ${String(error).slice(0, 100)}`)
    }
  }
  return { saved: JSON.stringify(app.rootGraph.serialize()), log }
}
