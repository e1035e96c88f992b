import type { PageNode } from '../comfy/types.ts'

/** The labels that we gave, by node: any other one is somebody's own. */
const given = new WeakMap<PageNode, string>()

/** Calls the sockets of a port by their type. */
export function labelSockets(node: PageNode, label: string | undefined): void {
  const before = given.get(node)
  for (const socket of valueSockets(node)) {
    if (socket.label !== undefined && socket.label !== before) continue
    if (label === undefined) delete socket.label
    else socket.label = label
  }
  if (label === undefined) given.delete(node)
  else given.set(node, label)
}

/** Whether a label is one that we gave. */
export function showsLabel(node: PageNode, socket: string, label: string): boolean {
  return given.get(node) === label && valueSockets(node).some(({ name }) => name === socket)
}

function valueSockets(node: PageNode) {
  return [...node.inputs.filter(({ widget }) => !widget), ...node.outputs]
}
