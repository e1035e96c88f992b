import type { PageNode } from '../comfy/types.ts'
import { portColors, type PortColors } from './port-colors.ts'
import type { SeenPort } from './seen-port.ts'

/** How a port is shown. */
export interface PortView {
  readonly colors: PortColors
  /** What its badge says; empty for a port that is muted or bypassed. */
  readonly text: string
  /** What its sockets are called; undefined where the type is not known. */
  readonly label: string | undefined
}

const views = new WeakMap<PageNode, PortView>()

export function viewOf(node: PageNode): PortView | undefined {
  return views.get(node)
}

/** Keeps how a port is shown. True where that is another way than before. */
export function keepView(port: SeenPort): boolean {
  const next = makeView(port)
  const before = views.get(port.node)
  views.set(port.node, next)
  return JSON.stringify(before) !== JSON.stringify(next)
}

/** A node with this mode takes part in a run. */
const always = 0

function makeView(port: SeenPort): PortView {
  const { node, mode, problem, type } = port
  if (node.mode !== always)
    return { colors: { ...portColors({ mode: undefined, problem: undefined }) }, text: '', label: undefined }
  const name = mode ?? 'not connected'
  return {
    colors: portColors(port),
    text: problem ? `${name} · ${problem.short}` : name,
    label: type === '*' ? undefined : type,
  }
}
