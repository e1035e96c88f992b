import { nodesOfClass } from '../comfy/all-nodes.ts'
import { shownGraph } from '../comfy/lite-graph.ts'
import { portClass } from '../../../../src/ports/port.ts'
import { viewOf } from './port-view.ts'

/**
 * Colours the ports that are shown, where nodes are elements: by rules of our own, since what an element is given by the
 * page is what would be saved. A colour that people chose stays.
 */
export function colorElements(): void {
  const graph = shownGraph()
  const rules = nodesOfClass(portClass).flatMap((node) => {
    const { color, bgcolor } = viewOf(node)?.colors ?? {}
    if (node.graph !== graph || !color || !bgcolor || node.color !== undefined || node.bgcolor !== undefined) return []
    const element = `[data-node-id="${CSS.escape(String(node.id))}"] [data-testid="node-inner-wrapper"]`
    const body = ['--component-node-background', '--node'].map((name) => `${name}: ${bgcolor} !important;`)
    return [`${element} { background-color: ${color} !important; ${body.join(' ')} }`]
  })
  const text = rules.join('\n')
  const style = ownStyle()
  if (style.textContent !== text) style.textContent = text
}

function ownStyle(): HTMLStyleElement {
  const found = document.querySelector<HTMLStyleElement>('style[data-discomfort-ports]')
  if (found) return found
  const made = document.createElement('style')
  made.dataset['discomfortPorts'] = ''
  document.head.append(made)
  return made
}
