import type { ComfyPage } from './comfy-page.ts'

type Socket = readonly [name: string, label: string, type: string]

/** The sockets of a node that runs something, without those of its widgets. */
export interface RunnerSockets {
  readonly inputs: readonly Socket[]
  readonly outputs: readonly Socket[]
}

interface Slot {
  readonly name: string
  readonly label?: string
  readonly type: string
}

interface RunnerNode {
  readonly pos: readonly [number, number]
  readonly size: readonly [number, number]
  readonly inputs: readonly Slot[]
  readonly outputs: readonly Slot[]
  readonly widgets: readonly {
    readonly name: string
    value: unknown
    readonly y: number
    callback?(value: unknown): void
  }[]
}

interface Window {
  readonly app: {
    readonly canvas: {
      readonly canvas: { getBoundingClientRect(): { readonly left: number; readonly top: number } }
      convertOffsetToCanvas(point: readonly [number, number]): readonly [number, number]
    }
    readonly rootGraph: { getNodeById(id: string): RunnerNode | null }
  }
}

export function runnerSockets(comfy: ComfyPage, id: string): Promise<RunnerSockets> {
  return comfy.page.evaluate((node) => {
    const found = (globalThis as unknown as Window).app.rootGraph.getNodeById(node)
    const told = ({ name, label = '', type }: Slot): Socket => [name, label, type]
    return {
      inputs: (found?.inputs ?? []).filter(({ name }) => name.startsWith('input_')).map(told),
      outputs: (found?.outputs ?? []).map(told),
    }
  }, id)
}

/** Waits until a node has outputs for these ports. */
export async function outputsAre(comfy: ComfyPage, id: string, ports: readonly string[]): Promise<void> {
  await comfy.page
    .waitForFunction(
      ([node, expected]) => {
        const found = (globalThis as unknown as Window).app.rootGraph.getNodeById(node)
        return JSON.stringify(found?.outputs.map(({ label }) => label)) === expected
      },
      [id, JSON.stringify(ports)] as const,
      { timeout: 60_000 },
    )
    .catch(async (error: unknown) => {
      throw new Error(`The outputs are ${JSON.stringify((await runnerSockets(comfy, id)).outputs)}.`, { cause: error })
    })
}

/** Types into a widget. */
export async function setWidget(comfy: ComfyPage, id: string, name: string, value: unknown): Promise<void> {
  await comfy.page.evaluate(
    ([node, widgetName, next]) => {
      const found = (globalThis as unknown as Window).app.rootGraph.getNodeById(node)
      const widget = found?.widgets.find((one) => one.name === widgetName)
      if (!widget) throw new Error(`There is no widget ${widgetName}.`)
      widget.value = next
      widget.callback?.(next)
    },
    [id, name, value] as const,
  )
}

/** Clicks a button of a node that is drawn on the canvas. */
export async function clickButton(comfy: ComfyPage, id: string, name: string): Promise<void> {
  const [x, y] = await comfy.page.evaluate(
    ([node, button]) => {
      const { app } = globalThis as unknown as Window
      const found = app.rootGraph.getNodeById(node)
      const widget = found?.widgets.find((one) => one.name === button)
      if (!found || !widget) throw new Error(`Node ${node} has no button ${button}.`)
      const at = [found.pos[0] + found.size[0] / 2, found.pos[1] + widget.y + 10] as const
      const [left, top] = app.canvas.convertOffsetToCanvas(at)
      const box = app.canvas.canvas.getBoundingClientRect()
      return [left + box.left, top + box.top] as const
    },
    [id, name] as const,
  )
  await comfy.page.mouse.click(x, y)
}
