import type { LinkObject, LinkTuple, NodeId, WorkflowNode } from '../../workflow/document.ts'
import { inputBorder, isTuple, outputBorder } from '../../workflow/links.ts'

/** One canvas (the workflow's own or a subgraph's) with its links by id. */
export interface Canvas {
  readonly nodes: readonly WorkflowNode[]
  node(id: NodeId): WorkflowNode | undefined
  /** Where a link starts: at an output of a node, or at an input of the subgraph itself. */
  origin(link: number): { readonly node: NodeId; readonly slot: number; readonly border: boolean } | undefined
  /** The link that ends at an output of the subgraph. */
  intoOutput(slot: number): number | null
  /** Where a link ends. */
  target(link: number): { readonly node: NodeId; readonly slot: number } | undefined
}

interface Drawn {
  readonly nodes?: readonly WorkflowNode[] | undefined
  readonly links?: readonly (LinkTuple | LinkObject)[] | undefined
}

/** Reads the links of a canvas in either of their two forms. */
export function readCanvas(drawn: Drawn): Canvas {
  const links = new Map<number, LinkObject>()
  const outputs = new Map<number, number>()
  for (const link of drawn.links ?? []) {
    if (!link) continue
    const read = isTuple(link) ? fromTuple(link) : withNumbers(link)
    links.set(read.id, read)
    if (read.target_id === outputBorder) outputs.set(read.target_slot, read.id)
  }
  const nodes = drawn.nodes ?? []
  let byId: ReadonlyMap<NodeId, WorkflowNode> | undefined
  return {
    nodes,
    node: (id) => (byId ??= new Map(nodes.map((node) => [node.id, node]))).get(id),
    origin: (id) => {
      const link = links.get(id)
      return link && { node: link.origin_id, slot: link.origin_slot, border: link.origin_id === inputBorder }
    },
    intoOutput: (slot) => outputs.get(slot) ?? null,
    target: (id) => {
      const link = links.get(id)
      return link && { node: link.target_id, slot: link.target_slot }
    },
  }
}

function fromTuple([id, origin_id, origin_slot, target_id, target_slot]: LinkTuple): LinkObject {
  return { id, origin_id, origin_slot: Number(origin_slot), target_id, target_slot: Number(target_slot) }
}

/** Slots are text in some files. */
function withNumbers(link: LinkObject): LinkObject {
  if (typeof link.origin_slot === 'number' && typeof link.target_slot === 'number') return link
  return { ...link, origin_slot: toNumber(link.origin_slot), target_slot: toNumber(link.target_slot) }
}

function toNumber(slot: unknown): number {
  return Number(slot)
}
