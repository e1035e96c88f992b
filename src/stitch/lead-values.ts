import type { NodeId } from '../workflow/document.ts'
import { inputBorder, outputBorder } from '../workflow/links.ts'
import { invalidWorkflow } from '../workflow/invalid-workflow.ts'
import { removeLinks, type CanvasDraft, type InputDraft, type NodeDraft } from './canvas-draft.ts'
import { valueSocket, type Level, type PortPlace } from './port-place.ts'
import type { BorderDraft, SubgraphDraft } from './subgraph-draft.ts'

/** An output of a node on the canvas in question, or of the border around it. */
export interface Origin {
  readonly node: NodeId
  readonly slot: number
}

/** Gives the next id for a link on a canvas. */
export type NextLink = (canvas: CanvasDraft) => number

/** What is led out of a place: by its name and type on the borders. */
interface Led {
  readonly name: string
  readonly type: string
  /** The output of the node in that place; without it, what the link into the port brings. */
  readonly slot?: number | undefined
}

/** Where a value comes from on the main canvas: it is led out over the borders around it. */
export function leadOut(place: PortPlace, { name, type, slot }: Led, nextLink: NextLink): Origin {
  let origin =
    slot === undefined ? originOf(place.canvas, valueSocket(place.node).socket) : { node: place.node.id, slot }
  for (const level of place.levels.toReversed()) {
    if (!origin) break
    const { host, subgraph, canvas } = level
    if (origin.node === inputBorder) {
      // It comes from outside already.
      const border = subgraph.inputs[origin.slot]
      const socket = host.inputs.find((input) => input.name === border?.name)
      origin = socket && originOf(canvas, socket)
    } else origin = { node: host.id, slot: addOutput(level, origin, name, type, nextLink) }
  }
  if (origin) return origin
  throw invalidWorkflow(`The link into the port "${name}" (node ${place.node.id}) has no beginning in the drawing.`)
}

/** Brings a value from the main canvas to an INPUT port, over the borders around it. The port becomes a PASSTHRU. */
export function leadIn(place: PortPlace, from: Origin, name: string, type: string, nextLink: NextLink): void {
  let origin = from
  let around: SubgraphDraft | undefined
  for (const { canvas, host, subgraph } of place.levels) {
    const slot = inputFor(subgraph, name, type)
    const border = subgraph.inputs[slot] as BorderDraft
    for (const { name: expected, type: kind } of subgraph.inputs) {
      if (!host.inputs.some((input) => input.name === expected))
        host.inputs.push({ name: expected, type: kind, link: null })
    }
    const at = host.inputs.findIndex((input) => input.name === border.name)
    const socket = host.inputs[at] as InputDraft
    if (typeof socket.link !== 'number') {
      const link = connect(canvas, origin, host, at, type, nextLink)
      // A border notes which links start at it.
      around?.inputs[origin.slot]?.linkIds.push(link)
    }
    origin = { node: inputBorder, slot }
    around = subgraph
  }
  const { index } = valueSocket(place.node)
  const link = connect(place.canvas, origin, place.node, index, type, nextLink)
  around?.inputs[origin.slot]?.linkIds.push(link)
}

/** Draws a link. One that ends there already goes. */
function connect(
  canvas: CanvasDraft,
  origin: Origin,
  target: NodeDraft,
  at: number,
  type: string,
  nextLink: NextLink,
): number {
  const socket = target.inputs[at] as InputDraft
  if (typeof socket.link === 'number') removeLinks(canvas, new Set([socket.link]))
  const id = nextLink(canvas)
  canvas.links.set(id, {
    id,
    origin_id: origin.node,
    origin_slot: origin.slot,
    target_id: target.id,
    target_slot: at,
    type,
  })
  socket.link = id
  return id
}

function originOf(canvas: CanvasDraft, socket: InputDraft): Origin | undefined {
  const link = typeof socket.link === 'number' ? canvas.links.get(socket.link) : undefined
  return link && { node: link.origin_id, slot: link.origin_slot }
}

function addOutput({ host, subgraph }: Level, origin: Origin, name: string, type: string, nextLink: NextLink): number {
  const { canvas, outputs } = subgraph
  const slot = outputs.length
  const id = nextLink(canvas)
  canvas.links.set(id, { id, origin_id: origin.node, origin_slot: origin.slot, target_id: outputBorder, target_slot: slot, type }) // prettier-ignore
  canvas.nodes.find((node) => node.id === origin.node)?.outputs[origin.slot]?.links.push(id)
  const free = freeName(name, outputs)
  outputs.push({ id: borderId(subgraph, 'output'), name: free, type, linkIds: [id] })
  for (const border of outputs.slice(host.outputs.length))
    host.outputs.push({ name: border.name, type: border.type, links: [] })
  return slot
}

const brought = new WeakMap<SubgraphDraft, Map<string, number>>()

/** The input on the border that brings the value of an id: one for all ports of that id inside. */
function inputFor(subgraph: SubgraphDraft, name: string, type: string): number {
  const known = brought.get(subgraph) ?? new Map<string, number>()
  brought.set(subgraph, known)
  const slot = known.get(name) ?? subgraph.inputs.length
  if (!known.has(name)) {
    subgraph.inputs.push({ id: borderId(subgraph, 'input'), name: freeName(name, subgraph.inputs), type, linkIds: [] })
    known.set(name, slot)
  }
  return slot
}

function freeName(name: string, taken: readonly BorderDraft[]): string {
  let free = name === '' ? 'value' : name
  for (let count = 2; taken.some((one) => one.name === free); count += 1) free = `${name} (${count})`
  return free
}

/** The page wants ids of sockets in the form of those of subgraphs. They need to be unlike within one subgraph only. */
function borderId({ id, inputs, outputs }: SubgraphDraft, side: 'input' | 'output'): string {
  const number = (side === 'input' ? inputs.length : outputs.length) + 1
  const tail = `${side === 'input' ? 'a' : 'b'}${number.toString(16).padStart(11, '0')}`
  return /[0-9a-f]{12}$/i.test(id) ? id.slice(0, -12) + tail : `${id}-${tail}`
}
