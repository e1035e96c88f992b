import { renewed } from '../comfy/renewed.ts'
import type { PageNode } from '../comfy/types.ts'

/**
 * Puts an equal socket in the place of each one that carries the value. Where the page draws nodes as elements it looks
 * at the lists of sockets alone.
 */
export function renewSockets(node: PageNode): void {
  for (const [place, input] of node.inputs.entries()) if (!input.widget) node.inputs[place] = renewed(input, node)
  for (const [place, output] of node.outputs.entries()) node.outputs[place] = renewed(output, node)
}

/** Has what the page computes from this call computed again when sockets were renewed. */
export function watchSockets(node: PageNode): void {
  for (const [place] of node.outputs.entries()) void node.outputs[place]
}
