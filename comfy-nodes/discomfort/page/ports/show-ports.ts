import { app } from '/scripts/app.js'
import { portClass } from '../../../../src/ports/port.ts'
import { nodesOfClass } from '../comfy/all-nodes.ts'
import { later } from '../comfy/later.ts'
import { liteGraph } from '../comfy/lite-graph.ts'
import { colorElements } from './element-colors.ts'
import { labelSockets } from './port-labels.ts'
import { keepView, viewOf } from './port-view.ts'
import { renewSockets } from './renew-sockets.ts'
import { readOpenWorkflow, readPorts, type OpenWorkflow } from './read-ports.ts'
import type { SeenPort } from './seen-port.ts'

type Listener = (ports: readonly SeenPort[], opened: OpenWorkflow | undefined) => void

const listeners = new Set<Listener>()

/** Hears of the ports of the open workflow whenever it may have changed. */
export function onPorts(listener: Listener): () => void {
  listeners.add(listener)
  showPortsSoon()
  return () => listeners.delete(listener)
}

/** Looks at the ports again, in a moment: many things change a graph in many steps. */
export const showPortsSoon = later(40, showPorts)

function showPorts(): void {
  if (!app.rootGraph || (listeners.size === 0 && nodesOfClass(portClass).length === 0)) return
  const opened = readOpenWorkflow()
  const ports = readPorts(opened)
  let isChanged = false
  for (const port of ports) {
    const isNew = keepView(port)
    if (isNew) labelSockets(port.node, viewOf(port.node)?.label)
    if (isNew && liteGraph.vueNodesMode) renewSockets(port.node)
    isChanged ||= isNew
  }
  if (liteGraph.vueNodesMode) colorElements()
  if (isChanged) app.canvas.setDirty(true, true)
  for (const listener of listeners) listener(ports, opened)
}
