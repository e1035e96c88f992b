import type { ComfyPage } from './comfy-page.ts'

type Point = readonly [x: number, y: number]

interface Window {
  readonly app: {
    readonly canvas: {
      readonly canvas: { getBoundingClientRect(): { readonly left: number; readonly top: number } }
      convertOffsetToCanvas(point: Point): Point
      readonly graph: {
        getNodeById(id: string): {
          readonly inputs: readonly { readonly name: string; readonly label?: string }[]
          readonly outputs: readonly { readonly name: string; readonly label?: string }[]
          readonly pos: Point
          getInputPos(slot: number): Point
          getOutputPos(slot: number): Point
        }
      }
    }
  }
}

/** Where a socket is on the screen: `side` is its side of the node. */
export function socketPoint(comfy: ComfyPage, id: string, side: 'input' | 'output', name: string): Promise<Point> {
  return comfy.page.evaluate(
    ([node, where, socket]) => {
      const { canvas } = (globalThis as unknown as Window).app
      const found = canvas.graph.getNodeById(node)
      const sockets = where === 'input' ? found.inputs : found.outputs
      const slot = sockets.findIndex((one) => one.name === socket || one.label === socket)
      if (slot < 0) throw new Error(`Node ${node} has no ${where} ${socket}.`)
      const [x, y] = canvas.convertOffsetToCanvas(
        where === 'input' ? found.getInputPos(slot) : found.getOutputPos(slot),
      )
      const { left, top } = canvas.canvas.getBoundingClientRect()
      return [x + left, y + top] as const
    },
    [id, side, name] as const,
  )
}

/** Where the title of a node is on the screen. */
export function titlePoint(comfy: ComfyPage, id: string): Promise<Point> {
  return comfy.page.evaluate((node) => {
    const { canvas } = (globalThis as unknown as Window).app
    const { pos } = canvas.graph.getNodeById(node)
    const [x, y] = canvas.convertOffsetToCanvas([pos[0] + 60, pos[1] - 15])
    const { left, top } = canvas.canvas.getBoundingClientRect()
    return [x + left, y + top] as const
  }, id)
}

/** Drags a link from one socket to another, as a hand does. */
export async function drag(comfy: ComfyPage, [x, y]: Point, [toX, toY]: Point): Promise<void> {
  const { mouse } = comfy.page
  await mouse.move(x, y)
  await mouse.down()
  await mouse.move((x + toX) / 2, (y + toY) / 2, { steps: 4 })
  await mouse.move(toX, toY, { steps: 4 })
  await mouse.up()
}
