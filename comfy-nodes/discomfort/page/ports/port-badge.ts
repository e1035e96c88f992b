import type { Badge, PageNode } from '../comfy/types.ts'
import type { PortView } from './port-view.ts'
import { watchSockets } from './renew-sockets.ts'

/** Puts a badge on a node that says what `view` does. */
export function addBadge(node: PageNode, view: () => PortView | undefined): void {
  node.badges.push(() => {
    watchSockets(node)
    const shown = view()
    return makeBadge(shown?.text ?? '', shown?.colors.badge)
  })
}

const [padding, height] = [6, 20]

/** What the canvas asks of a badge. The page has a class for it that it does not export. */
const drawing = {
  height,
  boundingRect: [0, 0, 0, 0],
  getWidth(this: Badge, context: CanvasRenderingContext2D): number {
    if (this.text === '') return 0
    context.save()
    context.font = '12px sans-serif'
    const { width } = context.measureText(this.text)
    context.restore()
    return width + 2 * padding
  },
  draw(this: Badge, context: CanvasRenderingContext2D, x: number, y: number): void {
    if (this.text === '') return
    const width = this.getWidth(context)
    context.save()
    context.fillStyle = this.bgColor
    context.beginPath()
    context.roundRect(x, y, width, height, 5)
    context.fill()
    context.font = '12px sans-serif'
    context.fillStyle = this.fgColor
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    context.fillText(this.text, x + padding, y + height / 2 + 1)
    context.restore()
  },
}

/** Its text and colours are all of its own: an element of the page takes these as they are. */
function makeBadge(text: string, colors: object = {}): Badge {
  return Object.assign(Object.create(drawing) as Badge, { text }, colors)
}
