import type { Input, Output, PageNode } from './types.ts'

/** An equal socket: where nodes are drawn as elements, the page does not see what changes inside of one. */
export function renewed<Socket extends Input | Output>(socket: Socket, node: PageNode): Socket {
  const { constructor: SocketClass } = socket as { readonly constructor: unknown }
  return new (SocketClass as new (like: Socket, node: PageNode) => Socket)(socket, node)
}
