import type { ComfyPage } from './comfy-page.ts'
import type { PageNode, PageWindow } from './page-window.ts'

/** Nodes by a name that the test gives them: their class, and what their widgets hold. */
type Drawing = Readonly<Record<string, readonly [type: string, widgets?: Readonly<Record<string, unknown>>]>>
/** `from` and `to` are `name.socket`. */
type Wire = readonly [from: string, to: string]

/** Draws a workflow node by node, as a user does, and gives the nodes' ids by name. */
export async function draw<const Nodes extends Drawing>(
  comfy: ComfyPage,
  nodes: Nodes,
  wires: readonly Wire[] = [],
): Promise<Record<keyof Nodes, string>> {
  // Opened, not only cleared: the page keeps what nodes showed by their ids, for the next node of that id.
  await comfy.open({ version: 0.4, last_node_id: 0, last_link_id: 0, nodes: [], links: [] })
  const sockets = wires.map(([from, to]) => [...split(from), ...split(to)] as const)
  const ids = await comfy.page.evaluate(
    async ([drawing, links]) => {
      const { app, LiteGraph, requestAnimationFrame } = globalThis as unknown as PageWindow
      const made: Record<string, PageNode> = {}
      for (const [name, [type, widgets]] of Object.entries(drawing)) {
        const node = LiteGraph.createNode(type)
        if (!node) throw new Error(`The page knows no ${type}.`)
        const place = Object.keys(made).length
        node.pos = [120 + (place % 4) * 340, 160 + Math.floor(place / 4) * 330]
        app.rootGraph.add(node)
        for (const [widget, value] of Object.entries(widgets ?? {})) {
          const found = node.widgets?.find((one) => one.name === widget)
          if (!found) throw new Error(`${type} has no widget ${widget}.`)
          found.value = value
        }
        made[name] = node
      }
      for (const [source, output, target, input] of links) {
        const from = made[source]
        const to = made[target]
        if (!from || !to) throw new Error(`${source} or ${target} is not drawn.`)
        const outputs = from.outputs.findIndex((one) => one.name === output)
        const inputs = to.inputs.findIndex((one) => one.name === input)
        if (!from.connect(outputs, to, inputs))
          throw new Error(`${source}.${output} does not link to ${target}.${input}.`)
      }
      // The page places the view of what was opened with the next frame; points on the screen are only right then.
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
      return Object.fromEntries(Object.entries(made).map(([name, node]) => [name, node.id]))
    },
    [nodes as Drawing, sockets] as const,
  )
  return ids as Record<keyof Nodes, string>
}

function split(socket: string): readonly [node: string, socket: string] {
  const dot = socket.indexOf('.')
  return [socket.slice(0, dot), socket.slice(dot + 1)]
}
