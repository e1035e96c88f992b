import { app } from '/scripts/app.js'
import { asOneChange } from '../comfy/lite-graph.ts'
import type { Graph, Input, Link, Output, PageNode } from '../comfy/types.ts'
import { linkEnds } from './link-ends.ts'
import { placePort } from './place-port.ts'

/** An INPUT port in front of an input; where something is linked to it, a PASSTHRU port in between. */
export function addPortToInput(node: PageNode, slot: number): void {
  const { graph } = node
  const input = node.inputs[slot]
  if (!graph || !input) return
  const link = graph.getLink(input.link)
  if (link) return addPortToLinks(graph, [link], node.getInputPos(slot), 'left')
  asOneChange(app.canvas, () => {
    const port = placePort(graph, input.name, { at: pointOf(node.getInputPos(slot)), side: 'left' })
    port?.connect(0, node, slot)
  })
}

/** An OUTPUT port behind an output, beside what is linked to it already. */
export function addPortToOutput(node: PageNode, slot: number): void {
  const { graph } = node
  const output = node.outputs[slot]
  if (!graph || !output) return
  asOneChange(app.canvas, () => {
    const port = placePort(graph, output.name, { at: pointOf(node.getOutputPos(slot)), side: 'right' })
    const value = port && valueInput(port)
    if (port && value) node.connect(slot, port, port.inputs.indexOf(value))
  })
}

/** A PASSTHRU port in links that come from one output. */
export function addPortToLinks(
  graph: Graph,
  links: readonly Link[],
  at: ArrayLike<number>,
  side: 'left' | 'middle' = 'middle',
): void {
  const ends = links.map((link) => linkEnds(graph, link)).filter((end) => end !== undefined)
  const [first] = ends
  if (!first) return
  asOneChange(app.canvas, () => {
    const port = placePort(graph, first.name, { at: pointOf(at), side })
    const value = port && valueInput(port)
    const output = port?.outputs[0]
    if (!value || !output) return
    first.connectFrom(port, value)
    for (const { connectTo } of ends) connectTo(port, output)
  })
}

/** The socket that brings the value of a port. Those of its widgets come after it. */
function valueInput(port: PageNode): Input | undefined {
  return port.inputs.find(({ widget }) => !widget)
}

function pointOf(at: ArrayLike<number>): readonly [number, number] {
  return [at[0] ?? 0, at[1] ?? 0]
}

/** Whether a port can stand at a socket: events and the sockets of ports themselves are left alone. */
export function canHavePort(socket: Input | Output): boolean {
  return socket.type !== -1
}
