import { later } from '../comfy/later.ts'
import type { NodeDef, NodeType, PageNode } from '../comfy/types.ts'
import { onWidgetChange, widgetText } from '../comfy/widgets.ts'
import { chooseWorkflow } from './choose-workflow.ts'
import { fitSockets, hasPortLinks } from './fit-sockets.ts'
import { openWorkflowOf } from './open-workflow.ts'
import { refreshPorts, setPorts } from './refresh-ports.ts'
import { runnerKind, type RunnerKind } from './runner-kinds.ts'
import { noPorts, parsePorts } from './socket-ports.ts'

/** Has nodes that run workflows or scripts show the sockets that these have. */
export function prepareRunnerClass(nodeType: NodeType, definition: NodeDef, kind: RunnerKind): void {
  hidePorts(definition)
  const before = nodeType.prototype.onNodeCreated
  nodeType.prototype.onNodeCreated = function (this: PageNode) {
    before?.call(this)
    fitSockets(this, noPorts, noPorts)
    addButtons(this, kind)
    followWidgets(this, kind)
    this.setSize([this.size[0], this.computeSize()[1]])
  }
}

function followWidgets(node: PageNode, kind: RunnerKind): void {
  const refreshSoon = later(300, () => void refreshPorts(node))
  for (const name of kind.widgets) {
    onWidgetChange(node, name, () => {
      // Half a word may stand there now: what is linked waits for the rest.
      if (kind.portsNow && !hasPortLinks(node)) setPorts(node, kind.portsNow(node))
      else refreshSoon()
    })
  }
  // Nobody types into this one. The page sets it when it draws a prompt, and links the sockets then.
  onWidgetChange(node, 'ports', () => {
    const ports = parsePorts(widgetText(node, 'ports'))
    if (ports) setPorts(node, ports)
  })
}

/** The widget that we write has neither a place on the node nor a socket. */
function hidePorts({ input }: NodeDef): void {
  const ports = input?.optional?.['ports']
  if (!ports) return
  const [type, options] = ports as [string, object?]
  input.optional = { ...input.optional, ports: [type, { ...options, hidden: true, socketless: true }] as typeof ports }
}

function addButtons(node: PageNode, kind: RunnerKind): void {
  if (!kind.choose) return
  addButton(node, 'Choose workflow', () => void chooseWorkflow(node, kind))
  addButton(node, 'Open workflow', () => void openWorkflowOf(node, kind))
}

function addButton(node: PageNode, name: string, act: () => void): void {
  const button = node.addWidget('button', name, '', act, { serialize: false })
  // It is no value of the node: neither in what is saved nor in a prompt.
  button.serialize = false
}

/** The entries of a node's menu. */
export function runnerMenuItems(node: PageNode) {
  const kind = runnerKind(node.comfyClass)
  if (!kind) return []
  const open = { content: 'Open workflow', callback: () => void openWorkflowOf(node, kind) }
  return [
    ...(kind.workflows(node).length > 0 ? [open] : []),
    { content: 'Refresh ports', callback: () => void refreshPorts(node) },
  ]
}
