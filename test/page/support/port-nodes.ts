import type { ComfyPage } from './comfy-page.ts'

/** What the page draws of a port. */
export interface ShownPort {
  /** What our badge says. */
  readonly badge: string
  readonly bgcolor: string
  /** What its value sockets are called, from left to right. */
  readonly labels: readonly string[]
}

interface DrawnNode {
  readonly id: string | number
  readonly comfyClass?: string
  readonly badges: readonly (object | (() => object))[]
  readonly renderingBgColor: string
  readonly inputs: readonly { readonly name: string; readonly label?: string; readonly widget?: object }[]
  readonly outputs: readonly { readonly name: string; readonly label?: string }[]
}

interface Window {
  readonly app: {
    readonly canvas: { readonly graph: { getNodeById(id: string): DrawnNode | null } }
    readonly rootGraph: { getNodeById(id: string): DrawnNode | null }
  }
}

/** How a port is shown in the graph that is open. */
export function shownPort(comfy: ComfyPage, id: string): Promise<ShownPort> {
  return comfy.page.evaluate((node) => {
    const { app } = globalThis as unknown as Window
    const port = app.canvas.graph.getNodeById(node)
    if (!port) throw new Error(`There is no node ${node}.`)
    const badges = port.badges.map((badge) => (typeof badge === 'function' ? badge() : badge) as { text: string })
    const sockets = [...port.inputs.filter(({ widget }) => !widget), ...port.outputs]
    return {
      badge: badges.at(-1)?.text ?? '',
      bgcolor: port.renderingBgColor,
      labels: sockets.map(({ label, name }) => label ?? name),
    }
  }, id)
}

/** Waits until the badge of a port says this. */
export async function badgeSays(comfy: ComfyPage, id: string, text: string): Promise<void> {
  await comfy.page
    .waitForFunction(
      ([node, expected]) => {
        const { app } = globalThis as unknown as Window
        const badge = app.canvas.graph.getNodeById(node)?.badges.at(-1)
        return ((typeof badge === 'function' ? badge() : badge) as { text: string } | undefined)?.text === expected
      },
      [id, text] as const,
      { timeout: 60_000 },
    )
    .catch(async (error: unknown) => {
      throw new Error(`The badge says "${(await shownPort(comfy, id)).badge}", not "${text}".`, { cause: error })
    })
}
