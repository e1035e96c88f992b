import { portClass } from '../../../../src/ports/port.ts'
import { liteGraph, shownGraph } from '../comfy/lite-graph.ts'
import type { Canvas, Input, MenuItem, Output, PageNode } from '../comfy/types.ts'
import { addPortToInput, addPortToLinks, addPortToOutput, canHavePort } from './add-port.ts'
import { linksAt } from './links-at.ts'

const content = 'Add Discomfort port'

/** Adds our entry to the menu of each socket. A node that has a menu of its own there keeps it. */
export function addToSlotMenus(): void {
  const prototype: PageNode | undefined = liteGraph.LGraphNode?.prototype
  if (!prototype) return
  const before = prototype.getExtraSlotMenuOptions
  prototype.getExtraSlotMenuOptions = function (this: PageNode, found) {
    const others = before?.call(this, found) ?? []
    const add = found.input ? addPortToInput : addPortToOutput
    const socket = found.input ?? found.output
    return socket && canHavePort(socket) ? [...others, { content, callback: () => add(this, found.slot) }] : others
  }
}

/** Our entry in the menu of a node, with its sockets: the only menu where nodes are drawn as elements. */
export function nodeMenuItems(node: PageNode): MenuItem[] {
  if (node.comfyClass === portClass) return []
  const entry = (socket: Input | Output, side: string, add: () => void) => ({
    content: `${side}: ${socket.label ?? socket.localized_name ?? socket.name}`,
    callback: add,
  })
  const options = [
    ...node.inputs.flatMap((input, slot) =>
      canHavePort(input) ? [entry(input, 'Input', () => addPortToInput(node, slot))] : [],
    ),
    ...node.outputs.flatMap((output, slot) =>
      canHavePort(output) ? [entry(output, 'Output', () => addPortToOutput(node, slot))] : [],
    ),
  ]
  return options.length === 0 ? [] : [{ content, has_submenu: true, submenu: { options } }]
}

/** Our entry in the menu of the canvas, where it is opened on a link. */
export function canvasMenuItems(canvas: Canvas): MenuItem[] {
  const at = [...canvas.graph_mouse] as const
  const links = linksAt(canvas, at)
  if (links.length === 0) return []
  const graph = shownGraph()
  return [null, { content, callback: () => addPortToLinks(graph, links, at) }]
}
