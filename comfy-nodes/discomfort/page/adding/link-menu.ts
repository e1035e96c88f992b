import { liteGraph, shownGraph } from '../comfy/lite-graph.ts'
import type { Canvas } from '../comfy/types.ts'
import { addPortToLinks } from './add-port.ts'
import { linksOf } from './links-at.ts'

/**
 * Adds our entry to the menu that a click on the dot in the middle of a link opens. The page has no place for entries of
 * others there, so the list is lengthened on its way to the menu. Where the page makes this menu in another way, it is
 * simply without our entry.
 */
export function addToLinkMenu(canvas: Canvas): void {
  const show = canvas.showLinkMenu
  if (typeof show !== 'function') return
  canvas.showLinkMenu = function (segment, event) {
    const Menu = liteGraph.ContextMenu
    const links = linksOf(canvas, segment)
    if (links.length === 0) return show.call(canvas, segment, event)
    const graph = shownGraph()
    const at = [event.canvasX, event.canvasY]
    const entry = { content: 'Add Discomfort port', callback: () => addPortToLinks(graph, links, at) }
    liteGraph.ContextMenu = new Proxy(Menu, {
      construct: (target, [values, options]: [readonly unknown[], object]) =>
        Reflect.construct(target, [[...values, entry], options]) as object,
    })
    try {
      return show.call(canvas, segment, event)
    } finally {
      liteGraph.ContextMenu = Menu
    }
  }
}
