import { isValueSocket } from '../ports/port.ts'
import type { NodeId } from '../workflow/document.ts'
import { invalidWorkflow } from '../workflow/invalid-workflow.ts'
import { copyCanvas, type CanvasDraft, type InputDraft, type NodeDraft } from './canvas-draft.ts'
import type { Drawing, PartDraft } from './part-draft.ts'
import { copyBorder, renameInside, renumber, type SubgraphDraft } from './subgraph-draft.ts'
import { subgraphId } from './free-ids.ts'

/** A level on the way to a port: the node on this canvas, and the subgraph that it opens. */
export interface Level {
  readonly canvas: CanvasDraft
  readonly host: NodeDraft
  readonly subgraph: SubgraphDraft
}

/** Where a port is drawn: the subgraphs around it from the outside in, then its own canvas. */
export interface PortPlace {
  readonly levels: readonly Level[]
  readonly canvas: CanvasDraft
  readonly node: NodeDraft
}

/**
 * Finds the drawn node of a port. A subgraph around it that other nodes stand for too gets a copy for this port alone,
 * so that what is changed in it changes nothing elsewhere.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_INVALID` for a port inside a group node of older files
 */
export function placeOfPort(part: PartDraft, id: string, drawing: Drawing): PortPlace {
  const levels: Level[] = []
  let canvas = part.canvas
  let inside: SubgraphDraft | undefined
  const path = id.split(':')
  for (const [depth, step] of path.entries()) {
    const now = part.idOn(inside, step)
    const node = canvas.nodes.find((one) => one.id === now)
    const subgraph = node && part.subgraphOf(node)
    if (node && depth === path.length - 1) return { levels, canvas, node }
    if (!node || !subgraph) throw inGroupNode(part.label, id)
    const own = isShared(subgraph, part, drawing) ? copyFor(node, subgraph, drawing) : subgraph
    levels.push({ canvas, host: node, subgraph: own })
    canvas = own.canvas
    inside = own
  }
  throw inGroupNode(part.label, id)
}

/** The socket of a port that brings its value; made where the file has none. */
export function valueSocket(node: NodeDraft): { readonly socket: InputDraft; readonly index: number } {
  const index = node.inputs.findIndex(({ name }) => isValueSocket(name))
  const socket = node.inputs[index]
  if (socket) return { socket, index }
  const made: InputDraft = { name: 'value', type: '*', link: null }
  node.inputs.push(made)
  return { socket: made, index: node.inputs.length - 1 }
}

function isShared(subgraph: SubgraphDraft, part: PartDraft, { shelf }: Drawing): boolean {
  // Subgraphs with ports are never shared between workflows.
  const canvases = [part.canvas, ...[...shelf.drafts.values()].map(({ canvas }) => canvas)]
  let hosts = 0
  for (const { nodes } of canvases) for (const { type } of nodes) if (type === subgraph.id) hosts += 1
  return hosts > 1
}

function copyFor(
  host: NodeDraft,
  { raw, canvas, inputs, outputs, ids, id }: SubgraphDraft,
  drawing: Drawing,
): SubgraphDraft {
  const copy: SubgraphDraft = {
    id: subgraphId(id, drawing.free),
    raw,
    canvas: copyCanvas(canvas),
    inputs: inputs.map(copyBorder),
    outputs: outputs.map(copyBorder),
    ids: new Map(),
  }
  const fresh = new Map<NodeId, NodeId>(copy.canvas.nodes.map((node) => [node.id, (drawing.free.node += 1)]))
  const newId = (old: NodeId): NodeId => fresh.get(old) ?? old
  renumber(copy.canvas, newId, () => undefined)
  copy.ids = new Map([...ids].map(([before, now]) => [before, newId(now)]))
  const byText = new Map([...fresh].map(([before, now]) => [String(before), now]))
  renameInside(host, (inner) => byText.get(inner) ?? inner)
  host.type = copy.id
  drawing.shelf.drafts.set(copy.id, copy)
  return copy
}

function inGroupNode(label: string, id: string): Error {
  return invalidWorkflow(
    `The port at node ${id} of ${label} lies in a group node of older ComfyUI, and no value can be led out of it. Convert the group node into a subgraph, or put the port outside.`,
  )
}
