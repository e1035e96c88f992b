import { app } from '/scripts/app.js'
import { allNodes } from '../comfy/all-nodes.ts'
import { asOneChange } from '../comfy/lite-graph.ts'
import { tell } from '../comfy/tell.ts'
import type { PageNode } from '../comfy/types.ts'
import { findWidget, widgetText } from '../comfy/widgets.ts'
import { fitSockets, hasSockets, portsByLabels } from './fit-sockets.ts'
import { runnerKind } from './runner-kinds.ts'
import { parsePorts, type SocketPort, type SocketPorts } from './socket-ports.ts'

/** The latest question for each node: an answer to an older one comes too late. */
const asked = new WeakMap<PageNode, symbol>()

/** Looks again which ports a node has, and gives it sockets for them. */
export async function refreshPorts(node: PageNode): Promise<void> {
  const kind = runnerKind(node.comfyClass)
  if (!kind) return
  const question = Symbol('question')
  asked.set(node, question)
  try {
    const ports = await kind.ports(node)
    if (ports && node.graph && asked.get(node) === question) setPorts(node, ports)
  } catch (error) {
    if (asked.get(node) === question) tell('warn', node.title, error instanceof Error ? error.message : String(error))
  }
}

/** The same for all nodes of the open workflow. */
export function refreshAllPorts(): void {
  for (const node of allNodes()) void refreshPorts(node)
}

/** Gives a node the sockets for these ports, and writes them down where the server reads them. */
export function setPorts(node: PageNode, ports: SocketPorts): void {
  const widget = findWidget(node, 'ports')
  const text = JSON.stringify(ports)
  if (hasSockets(node, ports) && (!widget || widget.value === text)) return
  // Without what the page wrote, as in a prompt by hand, sockets stand for the ports in the order of the server.
  const before = parsePorts(widgetText(node, 'ports')) ?? (widget ? ports : withNewNames(portsByLabels(node), ports))
  asOneChange(app.canvas, () => {
    const lost = fitSockets(node, before, ports)
    if (widget) widget.value = text
    if (lost.length === 0) return
    const names = lost.map((id) => `"${id}"`).join(', ')
    tell('warn', node.title, `Links are gone, since their ports are: ${names}.`)
  })
}

/** The ports of a script before its names were edited: one that only got another name is the same port. */
function withNewNames(before: SocketPorts, after: SocketPorts): SocketPorts {
  const renamed = (old: readonly SocketPort[], next: readonly SocketPort[]) => {
    if (old.length !== next.length) return old
    const has = (ports: readonly SocketPort[], id: string) => ports.some((port) => port[0] === id)
    return old.map((port, place) => {
      const now = next[place]
      return now && !has(next, port[0]) && !has(old, now[0]) ? ([now[0], port[1]] as const) : port
    })
  }
  return { inputs: renamed(before.inputs, after.inputs), outputs: renamed(before.outputs, after.outputs) }
}
