import { api } from '/scripts/api.js'
import { app } from '/scripts/app.js'
import { portClass } from '../../../src/ports/port.ts'
import { addToLinkMenu } from './adding/link-menu.ts'
import { addToSlotMenus, canvasMenuItems, nodeMenuItems } from './adding/menus.ts'
import { keepDefinitions } from './comfy/definitions.ts'
import { watchPointer } from './comfy/pointer.ts'
import { addBadge } from './ports/port-badge.ts'
import { preparePortClass } from './ports/port-class.ts'
import { viewOf } from './ports/port-view.ts'
import { showPortsSoon } from './ports/show-ports.ts'
import { addSidebarTab } from './sidebar/sidebar-tab.ts'
import { refreshAllPorts } from './sockets/refresh-ports.ts'
import { prepareRunnerClass, runnerMenuItems } from './sockets/runner-class.ts'
import { runnerKind } from './sockets/runner-kinds.ts'

app.registerExtension({
  name: 'Discomfort',
  addCustomNodeDefs: keepDefinitions,
  beforeRegisterNodeDef(nodeType, definition) {
    const { name } = definition
    if (name === portClass) preparePortClass(nodeType)
    const kind = runnerKind(name)
    if (kind) prepareRunnerClass(nodeType, definition, kind)
  },
  nodeCreated(node) {
    if (node.comfyClass !== portClass) return
    addBadge(node, () => viewOf(node))
    showPortsSoon()
  },
  afterConfigureGraph() {
    showPortsSoon()
    refreshAllPorts()
  },
  getNodeMenuItems: (node) => [...runnerMenuItems(node), ...nodeMenuItems(node)],
  getCanvasMenuItems: canvasMenuItems,
  setup() {
    watchPointer()
    addSidebarTab()
    addToSlotMenus()
    addToLinkMenu(app.canvas)
    api.addEventListener('graphChanged', showPortsSoon)
    app.canvas.canvas.addEventListener('litegraph:set-graph', showPortsSoon)
  },
})
