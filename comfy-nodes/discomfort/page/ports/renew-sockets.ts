import type { Input, Output, PageNode } from '../comfy/types.ts'

/**
 * Puts an equal socket in the place of each one that carries the value. Where the page draws nodes as elements it looks
 * at the lists of sockets alone: a label that changes inside of one is not seen.
 */
export function renewSockets(node: PageNode): void {
  for (const [place, input] of node.inputs.entries()) if (!input.widget) node.inputs[place] = renewed(input, node)
  for (const [place, output] of node.outputs.entries()) node.outputs[place] = renewed(output, node)
}

/** Has what the page computes from this call computed again when sockets were renewed. */
export function watchSockets(node: PageNode): void {
  for (const [place] of node.outputs.entries()) void node.outputs[place]
}

function renewed<Socket extends Input | Output>(socket: Socket, node: PageNode): Socket {
  const { constructor: SocketClass } = socket as { readonly constructor: unknown }
  return new (SocketClass as new (like: Socket, node: PageNode) => Socket)(socket, node)
}
