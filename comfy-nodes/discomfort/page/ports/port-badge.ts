import type { Badge, PageNode } from '../comfy/types.ts'
import type { PortView } from './port-view.ts'
import { watchSockets } from './renew-sockets.ts'

/** Puts a badge on a node that says what `view` does. Older pages have none, and show the mode by colour alone. */
export function addBadge(node: PageNode, view: () => PortView | undefined): void {
  const own = (): Badge => {
    watchSockets(node)
    const shown = view()
    return makeBadge(node, shown?.text ?? '', shown?.colors.badge)
  }
  own.isOurs = true
  node.badges.push(own)
}

/** A badge of the page's own class, which it does not export: it is that of another one on the node. */
function makeBadge(
  node: PageNode,
  text: string,
  colors: { readonly fgColor: string; readonly bgColor: string } | undefined,
): Badge {
  const other = node.badges.find((badge) => !(typeof badge === 'function' && 'isOurs' in badge))
  const sample = typeof other === 'function' ? other() : other
  const Badge = sample?.constructor as (new (options: object) => Badge) | undefined
  return Badge ? new Badge({ text, ...colors }) : plainBadge
}

const plainBadge = {
  text: '',
  height: 0,
  visible: false,
  boundingRect: [0, 0, 0, 0],
  getWidth: () => 0,
  draw: () => undefined,
} as unknown as Badge
