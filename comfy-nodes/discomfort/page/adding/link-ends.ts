import type { Graph, Input, Link, Output, PageNode, Subgraph } from '../comfy/types.ts'

/** Links `output` of `from` to an input that may be at the border of a subgraph. */
type Connect = (from: PageNode, output: Output) => void
/** Links what comes out of a node, or in at the border of a subgraph, to `input` of `to`. */
type ConnectFrom = (to: PageNode, input: Input) => void

/** The two ends of a link. */
export interface LinkEnds {
  readonly connectFrom: ConnectFrom
  readonly connectTo: Connect
  /** The name of the input that it feeds. */
  readonly name: string
}

/** The ends of a link, which may be at the border of a subgraph. Undefined where one is missing. */
export function linkEnds(graph: Graph, link: Link): LinkEnds | undefined {
  const connectFrom = originOf(graph, link)
  const target = targetOf(graph, link)
  return connectFrom && target && { connectFrom, ...target }
}

function originOf(graph: Graph, { origin_id: id, origin_slot: slot, parentId }: Link): ConnectFrom | undefined {
  const border = insideOf(graph)?.inputNode
  if (border?.id === id) {
    const socket = border.slots[slot]
    return socket && ((to, input) => void socket.connect(input, to, parentId))
  }
  const node = graph.getNodeById(id)
  // The reroutes of the link stay with this half of it.
  return node ? (to, input) => void node.connect(slot, to, to.inputs.indexOf(input), parentId) : undefined
}

function targetOf(
  graph: Graph,
  { target_id: id, target_slot: slot }: Link,
): Pick<LinkEnds, 'connectTo' | 'name'> | undefined {
  const border = insideOf(graph)?.outputNode
  if (border?.id === id) {
    const socket = border.slots[slot]
    return socket && { name: socket.name, connectTo: (from, output) => void socket.connect(output, from, undefined) }
  }
  const node = graph.getNodeById(id)
  const input = node?.inputs[slot]
  if (!node || !input) return undefined
  return { name: input.name, connectTo: (from, output) => void from.connect(from.outputs.indexOf(output), node, slot) }
}

function insideOf(graph: Graph): Subgraph | undefined {
  return 'inputNode' in graph ? (graph as Subgraph) : undefined
}
