import type { FrontendWindow } from './page-window.ts'

/** A node that the page knows no class for. */
export interface UnknownNode {
  readonly id: string
  readonly type: string
  readonly title: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** What the page made of a workflow: the JSON text of a prompt, or where and with what it ended. */
export type PageAnswer =
  | { readonly text: string; readonly unknown: readonly UnknownNode[] }
  | { readonly refused: 'opening' | 'converting'; readonly error: string | undefined }

/** Opens a workflow and converts it. Runs inside the page, where it arrives as text: no other function is there. */
export async function convertInPage(text: string): Promise<PageAnswer> {
  const { app } = globalThis as unknown as FrontendWindow
  let isOpen = false
  let error: string | undefined
  app.registerExtension({
    name: 'Discomfort.Opened',
    afterConfigureGraph() {
      isOpen = true
    },
  })
  try {
    await app.loadGraphData(JSON.parse(text), true, true, null, {
      showMissingNodesDialog: false,
      showMissingModelsDialog: false,
    })
  } catch (caught) {
    // Where the graph is open, it was a thing beside it: the list of opened workflows that cannot copy this one.
    error = String(caught)
  }
  // What breaks a graph the page tells in a dialog only.
  if (!isOpen) return { refused: 'opening', error }
  // Newer pages settle the types of some sockets a moment after they opened a workflow.
  await new Promise((resolve) => setTimeout(resolve, 60))
  try {
    const { output } = await app.graphToPrompt()
    return {
      text: JSON.stringify(output),
      unknown: Object.keys(output)
        .filter((id) => !output[id]?.class_type)
        .map((id) => {
          const path = id.split(':')
          const last = path.pop() as string
          let graph = app.rootGraph
          for (const outer of path) graph = graph.getNodeById(outer)?.subgraph ?? graph
          const node = graph.getNodeById(last)
          return { id, type: node?.type ?? id, title: node?.title ?? id, properties: { ...node?.properties } }
        }),
    }
  } catch (caught) {
    return { refused: 'converting', error: String(caught) }
  }
}
