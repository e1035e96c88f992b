import type { ComfyPage } from './comfy-page.ts'
import type { PageWindow } from './page-window.ts'

/** What would keep the drawn workflow from running as it is: node types and choices that the page does not know. */
export function complaints(comfy: ComfyPage): Promise<string[]> {
  return comfy.page.evaluate(() => {
    const { app, LiteGraph } = globalThis as unknown as PageWindow
    return app.rootGraph.nodes.flatMap(({ type, widgets = [] }) => {
      if (!LiteGraph.registered_node_types[type]) return [`The page knows no ${type}.`]
      return widgets
        .filter(({ value, options }) => Array.isArray(options.values) && !options.values.includes(value))
        .map(({ name, value }) => `${name} cannot be ${JSON.stringify(value)}.`)
    })
  })
}

/** The pairs of nodes that the page draws over one another. */
export function overlaps(comfy: ComfyPage): Promise<string[]> {
  return comfy.page.evaluate(() => {
    const nodes = (globalThis as unknown as PageWindow).app.rootGraph.nodes.map((node) => {
      const [left = 0, top = 0, width = 0, height = 0] = Array.from(node.getBounding())
      return { id: node.id, left, top, right: left + width, bottom: top + height }
    })
    return nodes.flatMap((one, place) =>
      nodes
        .slice(place + 1)
        .filter((other) => one.left < other.right && other.left < one.right)
        .filter((other) => one.top < other.bottom && other.top < one.bottom)
        .map((other) => `${one.id} and ${other.id}`),
    )
  })
}
