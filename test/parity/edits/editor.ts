/** What the edits use of the frontend's own objects. */
export interface EditorGraph {
  readonly nodes: readonly EditorNode[]
  readonly links: ReadonlyMap<number, EditorLink>
  readonly subgraphs?: ReadonlyMap<string, EditorSubgraph>
  add(node: EditorNode): void
  remove(node: EditorNode): void
  getNodeById(id: number | string): EditorNode | null
  createReroute(position: readonly [number, number], link: EditorLink): unknown
  convertToSubgraph(nodes: ReadonlySet<EditorNode>): { readonly node: EditorNode }
  unpackSubgraph(node: EditorNode): void
}

interface EditorSubgraph extends EditorGraph {
  readonly inputs: readonly EditorBorderSocket[]
  addInput(name: string, type: string): EditorBorderSocket
}

interface EditorBorderSocket {
  readonly name: string
  connect(input: EditorInput, node: EditorNode): unknown
}

interface EditorLink {
  readonly id: number
  readonly origin_id: number | string
  readonly origin_slot: number
  readonly target_id: number | string
  readonly target_slot: number
}

export interface EditorNode {
  readonly id: number | string
  readonly type: string
  title: string
  mode: number
  readonly subgraph?: EditorSubgraph
  readonly inputs?: readonly EditorInput[]
  readonly outputs?: readonly { readonly type: unknown }[]
  readonly widgets?: readonly EditorWidget[]
  connect(output: number, target: EditorNode, input: number): unknown
  disconnectInput(input: number): unknown
}

interface EditorInput {
  readonly name: string
  readonly type: unknown
  readonly link?: number | null
  readonly widget?: { readonly name: string }
}

interface EditorWidget {
  readonly name: string
  readonly type: string
  value: unknown
  readonly options?: { readonly values?: unknown }
  callback?(value: unknown, canvas: unknown, node: EditorNode): void
}

/** What an edit may use beside the graph. All chance comes from `random`. */
export interface EditTools {
  /** From 0 to below 1. */
  readonly random: () => number
  readonly pick: <Item>(items: readonly Item[]) => Item
  readonly createNode: (type: string) => EditorNode
  /** Copies nodes and pastes them on the same canvas, as the keys do. */
  readonly copyAndPaste: (graph: EditorGraph, nodes: readonly EditorNode[]) => void
}

/**
 * One way of editing a workflow, as a user does it. It runs inside the page, where it arrives as text, so it can use
 * nothing but its arguments. It tells what it did, or nothing where the graph has no place for it.
 */
export type Edit = (graph: EditorGraph, tools: EditTools) => string | undefined
