import type { NodeType, PageNode } from '../comfy/types.ts'
import { showsLabel } from './port-labels.ts'
import { viewOf } from './port-view.ts'

/** Has the nodes of the port's class drawn in the colours of their modes. Colours that people gave them come first. */
export function preparePortClass(nodeType: NodeType): void {
  colorBy(nodeType.prototype, 'renderingColor', 'color')
  colorBy(nodeType.prototype, 'renderingBgColor', 'bgcolor')
  leaveOutLabels(nodeType.prototype)
}

/** Nothing is written into the node: what is saved stays as people drew it. */
function colorBy(prototype: PageNode, name: 'renderingColor' | 'renderingBgColor', own: 'color' | 'bgcolor'): void {
  const inherited = inheritedGetter(prototype, name)
  if (!inherited) return
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: PageNode): string {
      const color = viewOf(this)?.colors[own]
      if (this[own] !== undefined || color === undefined) return inherited.call(this)
      // The page lightens and fades colours by itself: it is asked for a node that has this one.
      return inherited.call(Object.create(this, { [own]: { value: color } }) as PageNode)
    },
  })
}

function inheritedGetter(prototype: object, name: string): ((this: PageNode) => string) | undefined {
  for (let one: object | null = prototype; one; one = Object.getPrototypeOf(one) as object | null) {
    const getter = Object.getOwnPropertyDescriptor(one, name)?.get
    if (getter) return getter as (this: PageNode) => string
  }
  return undefined
}

/** The types that we show as labels follow the links; they are not part of what is saved. */
function leaveOutLabels(prototype: PageNode): void {
  const before = prototype.onSerialize
  prototype.onSerialize = function (this: PageNode, saved) {
    before?.call(this, saved)
    for (const socket of [...(saved.inputs ?? []), ...(saved.outputs ?? [])])
      if (socket.label !== undefined && showsLabel(this, socket.name, socket.label)) delete socket.label
  }
}
