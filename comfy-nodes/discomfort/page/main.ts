import { api } from '/scripts/api.js'
import { app } from '/scripts/app.js'
import { portClass } from '../../../src/ports/port.ts'
import { addToLinkMenu } from './adding/link-menu.ts'
import { addToSlotMenus, canvasMenuItems, nodeMenuItems } from './adding/menus.ts'
import { keepDefinitions } from './comfy/definitions.ts'
import { addBadge } from './ports/port-badge.ts'
import { preparePortClass } from './ports/port-class.ts'
import { viewOf } from './ports/port-view.ts'
import { showPortsSoon } from './ports/show-ports.ts'

app.registerExtension({
  name: 'Discomfort',
  addCustomNodeDefs: keepDefinitions,
  beforeRegisterNodeDef(nodeType, { name }) {
    if (name === portClass) preparePortClass(nodeType)
  },
  nodeCreated(node) {
    if (node.comfyClass !== portClass) return
    addBadge(node, () => viewOf(node))
    showPortsSoon()
  },
  afterConfigureGraph: showPortsSoon,
  getNodeMenuItems: nodeMenuItems,
  getCanvasMenuItems: canvasMenuItems,
  setup() {
    addToSlotMenus()
    addToLinkMenu(app.canvas)
    api.addEventListener('graphChanged', showPortsSoon)
    app.canvas.canvas.addEventListener('litegraph:set-graph', showPortsSoon)
  },
})
