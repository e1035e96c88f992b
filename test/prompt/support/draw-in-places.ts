import { createHash } from 'node:crypto'
import type {
  LinkObject,
  LinkTuple,
  NodeId,
  NodeInput,
  NodeOutput,
  SubgraphDefinition,
  Workflow,
  WorkflowNode,
} from '../../../src/workflow/document.ts'
import { inputBorder, outputBorder } from '../../../src/workflow/links.ts'

/** A node, and the names of the subgraphs around it from the outside in. Its id and its links are still to come. */
export interface Placed {
  readonly node: Loose
  readonly place: readonly string[]
}

/** A link between two of them, wherever they lie. */
export interface Wire {
  readonly from: Placed
  readonly slot: number
  readonly to: Placed
  readonly at: number
}

/**
 * Draws nodes in subgraphs and leads the links between them over the borders. Subgraphs with the same content become one
 * that is used more than once. Version 0.4 has links as lists, version 1 as objects.
 */
export function drawInPlaces(placed: readonly Placed[], wires: readonly Wire[], version: 0.4 | 1 = 0.4): Workflow {
  const main = emptyCanvas()
  const canvases = new Map([['', main]])
  const canvasAt = (place: readonly string[]): Canvas => {
    const path = place.join('/')
    const known = canvases.get(path)
    if (known) return known
    const around = canvasAt(place.slice(0, -1))
    const canvas = emptyCanvas({ canvas: around, node: put(around, { type: '', title: place.at(-1) }) })
    canvases.set(path, canvas)
    return canvas
  }
  const drawn = new Map(
    placed.map((one) => {
      const canvas = canvasAt(one.place)
      return [one, { canvas, node: put(canvas, one.node) }] as const
    }),
  )
  for (const { from, slot, to, at } of wires) lead(drawn.get(from)!, slot, drawn.get(to)!, at)
  const subgraphs = defineSubgraphs(canvases)
  const lastNode = Math.max(...[...canvases.values()].map(({ nodes }) => nodes.length))
  const rest = { nodes: main.nodes, definitions: { subgraphs } }
  if (version === 0.4) return { version, last_node_id: lastNode, ...rest, links: main.links.map(asTuple) }
  const state = { lastNodeId: lastNode, lastLinkId: main.links.length, lastGroupId: 0, lastRerouteId: 0 }
  return { version, state, ...rest, links: main.links }
}

type Loose = Pick<WorkflowNode, 'type' | 'title' | 'mode' | 'inputs' | 'outputs' | 'widgets_values' | 'properties'>
type Socket = Pick<NodeInput, 'name' | 'type' | 'widget'>
interface InputDraft extends NodeInput {
  link: number | null
}
interface OutputDraft extends NodeOutput {
  links: number[]
}
interface NodeDraft extends WorkflowNode {
  type: string
  readonly inputs: InputDraft[]
  readonly outputs: OutputDraft[]
}
interface Border extends Socket {
  readonly id: string
  readonly linkIds: number[]
}
interface Canvas {
  /** The node that stands for it, and the canvas which that lies on. */
  readonly host: { readonly canvas: Canvas; readonly node: NodeDraft } | undefined
  readonly nodes: NodeDraft[]
  readonly links: LinkObject[]
  readonly inputs: Border[]
  readonly outputs: Border[]
  /** The places on its border over which values go already, by where they come from. */
  readonly crossings: Map<string, number>
}
interface DrawnNode {
  readonly canvas: Canvas
  readonly node: NodeDraft
}
/** Where a value comes from on one canvas. */
interface Origin {
  readonly node: NodeDraft | typeof inputBorder
  readonly slot: number
}

interface Target {
  readonly id: NodeId
  readonly slot: number
}

function emptyCanvas(host?: Canvas['host']): Canvas {
  return { host, nodes: [], links: [], inputs: [], outputs: [], crossings: new Map() }
}

function put({ nodes }: Canvas, { inputs = [], outputs = [], ...node }: Loose): NodeDraft {
  const drawn: NodeDraft = {
    ...node,
    id: nodes.length + 1,
    pos: [320 * nodes.length, 0],
    size: [280, 200],
    inputs: inputs.map((input) => ({ ...input, link: null })),
    outputs: outputs.map((output) => ({ ...output, links: [] })),
  }
  nodes.push(drawn)
  return drawn
}

function lead(from: DrawnNode, slot: number, to: DrawnNode, at: number): void {
  const given = from.node.outputs[slot]!
  const taken = to.node.inputs[at]!
  const type = given.type === '*' ? taken.type : given.type
  const wayIn = [to.canvas]
  for (let { host } = to.canvas; host; host = host.canvas.host) wayIn.unshift(host.canvas)
  let { canvas } = from
  let origin: Origin = { node: from.node, slot }
  while (!wayIn.includes(canvas)) {
    origin = leadOut(canvas, origin, { name: given.name, type })
    canvas = canvas.host!.canvas
  }
  for (const inner of wayIn.slice(wayIn.indexOf(canvas) + 1)) origin = leadIn(inner, origin, { ...taken, type })
  taken.link = connect(to.canvas, origin, { id: to.node.id, slot: at }, type)
}

/** Leads a value out of a subgraph; gives where it comes from outside. */
function leadOut(canvas: Canvas, origin: Origin, socket: Socket): Origin {
  const { node } = canvas.host!
  const slot = crossing(canvas, 'outputs', origin, socket)
  const border = canvas.outputs[slot]!
  if (slot === node.outputs.length) {
    node.outputs.push({ name: border.name, type: border.type, links: [] })
    border.linkIds.push(connect(canvas, origin, { id: outputBorder, slot }, socket.type))
  }
  return { node, slot }
}

/** Leads a value into a subgraph; gives where it comes from inside. */
function leadIn(canvas: Canvas, origin: Origin, { widget, ...socket }: Socket): Origin {
  const { node, canvas: around } = canvas.host!
  const slot = crossing(canvas, 'inputs', origin, socket)
  const { name, type } = canvas.inputs[slot]!
  if (slot === node.inputs.length) {
    const input: InputDraft = { name, type, ...(widget ? { widget: { name } } : {}), link: null }
    node.inputs.push(input)
    input.link = connect(around, origin, { id: node.id, slot }, socket.type)
  }
  return { node: inputBorder, slot }
}

/** The place on a border over which a value goes. It is named as the first socket that it is for. */
function crossing(canvas: Canvas, side: 'inputs' | 'outputs', origin: Origin, { name, type }: Socket): number {
  const key = `${side} ${origin.node === inputBorder ? 'border' : origin.node.id} ${origin.slot}`
  const known = canvas.crossings.get(key)
  if (known !== undefined) return known
  const border = canvas[side]
  let free = name
  for (let count = 1; border.some((one) => one.name === free); count += 1) free = `${name}_${count}`
  canvas.crossings.set(key, border.length)
  return border.push({ id: uuidOf(`${side} ${free}`), name: free, type, linkIds: [] }) - 1
}

function connect({ inputs, links }: Canvas, { node, slot }: Origin, target: Target, type: unknown): number {
  const id = links.length + 1
  const isOutside = node === inputBorder
  const origin = { origin_id: isOutside ? node : node.id, origin_slot: slot }
  links.push({ id, ...origin, target_id: target.id, target_slot: target.slot, type: String(type) })
  if (isOutside) inputs[slot]!.linkIds.push(id)
  else node.outputs[slot]!.links.push(id)
  return id
}

/** The innermost come first, so that what is around them can tell which of them it holds. */
function defineSubgraphs(canvases: ReadonlyMap<string, Canvas>): SubgraphDefinition[] {
  const definitions = new Map<string, SubgraphDefinition>()
  const depth = ([path]: readonly [string, Canvas]): number => path.split('/').length
  const inwards = [...canvases].toSorted((one, other) => depth(other) - depth(one))
  const inputNode = { id: inputBorder, bounding: [-320, 0, 160, 200] }
  for (const [path, { host, nodes, links, inputs, outputs }] of inwards) {
    if (!host) continue
    const outputNode = { id: outputBorder, bounding: [320 * nodes.length, 0, 160, 200] }
    const drawn = { version: 1, inputNode, outputNode, nodes, links, inputs, outputs }
    const content = JSON.stringify(drawn)
    const definition = definitions.get(content) ?? { id: uuidOf(path), name: path, ...drawn }
    definitions.set(content, definition)
    host.node.type = definition.id
  }
  return [...definitions.values()]
}

function uuidOf(text: string): string {
  return `10000000-0000-4000-8000-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
}

function asTuple({ id, origin_id, origin_slot, target_id, target_slot, type }: LinkObject): LinkTuple {
  return [id, origin_id, origin_slot, target_id, target_slot, type ?? null]
}
