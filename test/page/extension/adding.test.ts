import { describe, expect } from 'vitest'
import { draw } from '../support/draw.ts'
import type { ComfyPage } from '../support/comfy-page.ts'
import { socketPoint, titlePoint } from '../support/points.ts'
import type { PageWindow } from '../support/page-window.ts'
import { it } from '../support/with-page.ts'

type Point = readonly [x: number, y: number]

async function choose(comfy: ComfyPage, at: Point, button: 'left' | 'right' = 'right'): Promise<void> {
  await comfy.page.mouse.click(...at, { button })
  await comfy.page.getByText('Add Discomfort port').click()
}

/** The port that came last, as it would be queued: its id in the prompt, its name, and what comes into it. */
async function newPort(comfy: ComfyPage): Promise<{ id: string; name: unknown; from: unknown }> {
  const ports = Object.entries(await comfy.prompt()).filter(([, node]) => node.class_type === 'DiscomfortPort')
  const [id, node] = ports.at(-1) ?? []
  if (!id || !node) throw new Error('There is no port.')
  return { id, name: node.inputs['unique_id'], from: node.inputs['value'] }
}

const between = ([x, y]: Point, [toX, toY]: Point, part = 0.5): Point => [x + (toX - x) * part, y + (toY - y) * part]

describe('"Add Discomfort port"', () => {
  it('on an input puts an INPUT port in front of it, with the name of the input', async ({ comfy }) => {
    const nodes = await draw(comfy, { color: ['EmptyImage'], gap: ['TestInt'], show: ['PreviewImage'] })
    await choose(comfy, await socketPoint(comfy, nodes.show, 'input', 'images'))
    const port = await newPort(comfy)
    expect(port).toMatchObject({ name: 'images', from: undefined })
    expect((await comfy.prompt())[nodes.show]?.inputs['images']).toEqual([port.id, 0])
  })

  it('on the input of a widget does the same', async ({ comfy }) => {
    const nodes = await draw(comfy, { gap: ['TestInt'], color: ['EmptyImage', { width: 64 }] })
    await choose(comfy, await socketPoint(comfy, nodes.color, 'input', 'width'))
    const port = await newPort(comfy)
    expect(port.name).toBe('width')
    expect((await comfy.prompt())[nodes.color]?.inputs['width']).toEqual([port.id, 0])
  })

  it('on an input with a link puts a PASSTHRU port in between', async ({ comfy }) => {
    const nodes = await draw(comfy, { color: ['EmptyImage'], gap: ['TestInt'], show: ['PreviewImage'] }, [
      ['color.IMAGE', 'show.images'],
    ])
    await choose(comfy, await socketPoint(comfy, nodes.show, 'input', 'images'))
    const port = await newPort(comfy)
    expect(port.from).toEqual([nodes.color, 0])
    expect((await comfy.prompt())[nodes.show]?.inputs['images']).toEqual([port.id, 0])
  })

  it('on an output puts an OUTPUT port beside what is linked already, and one undo takes it away', async ({
    comfy,
  }) => {
    const nodes = await draw(comfy, { color: ['EmptyImage'], gap: ['TestInt'], show: ['PreviewImage'] }, [
      ['color.IMAGE', 'show.images'],
    ])
    await comfy.page.mouse.click(700, 700)
    await choose(comfy, await socketPoint(comfy, nodes.color, 'output', 'IMAGE'))
    expect(await newPort(comfy)).toMatchObject({ name: 'image', from: [nodes.color, 0] })
    const prompt = await comfy.prompt()
    expect(prompt[nodes.show]?.inputs['images']).toEqual([nodes.color, 0])
    await comfy.page.keyboard.press('Control+z')
    await comfy.page.waitForFunction(() => (globalThis as unknown as PageWindow).app.rootGraph.nodes.length === 3)
    expect(Object.keys(await comfy.prompt()).sort()).toEqual([nodes.color, nodes.gap, nodes.show].sort())
  })

  it('on a link puts a PASSTHRU port into it: from the canvas, and from the dot in its middle', async ({ comfy }) => {
    for (const [button, part] of [
      ['right', 0.3],
      ['left', 0.5],
    ] as const) {
      const nodes = await draw(comfy, { color: ['EmptyImage'], show: ['PreviewImage'] }, [
        ['color.IMAGE', 'show.images'],
      ])
      await comfy.page.mouse.move(700, 700)
      const from = await socketPoint(comfy, nodes.color, 'output', 'IMAGE')
      const to = await socketPoint(comfy, nodes.show, 'input', 'images')
      await choose(comfy, between(from, to, part), button)
      const port = await newPort(comfy)
      expect(port.from).toEqual([nodes.color, 0])
      expect((await comfy.prompt())[nodes.show]?.inputs['images']).toEqual([port.id, 0])
    }
  })

  it('is not in the menu of the canvas beside links', async ({ comfy }) => {
    await draw(comfy, { color: ['EmptyImage'] })
    await comfy.page.mouse.click(700, 700, { button: 'right' })
    await comfy.page.getByText('Add Group', { exact: true }).waitFor()
    expect(await comfy.page.getByText('Add Discomfort port').count()).toBe(0)
    await comfy.page.keyboard.press('Escape')
    await comfy.page.mouse.click(720, 720)
  })

  it('finds a name that is free, and a place that is free', async ({ comfy }) => {
    const nodes = await draw(comfy, { color: ['EmptyImage'], gap: ['TestInt'], show: ['PreviewImage'] })
    const output = await socketPoint(comfy, nodes.color, 'output', 'IMAGE')
    await choose(comfy, output)
    await choose(comfy, output)
    expect((await newPort(comfy)).name).toBe('image_2')
    const places = (await comfy.saved()).nodes.map(({ pos }) => JSON.stringify(pos))
    expect(new Set(places).size).toBe(places.length)
  })

  it('stands in the menu of a node, too, with its sockets', async ({ comfy }) => {
    const nodes = await draw(comfy, { gap: ['TestInt'], show: ['PreviewImage'] })
    await comfy.page.mouse.click(...(await titlePoint(comfy, nodes.show)), { button: 'right' })
    await comfy.page.getByText('Add Discomfort port').hover()
    await comfy.page.getByText('Add Discomfort port').click()
    await comfy.page.getByText('Input: images').click()
    const port = await newPort(comfy)
    expect((await comfy.prompt())[nodes.show]?.inputs['images']).toEqual([port.id, 0])
  })

  it('works at the border of a subgraph', async ({ comfy }) => {
    await draw(comfy, { number: ['TestInt', { value: 5 }], other: ['TestInt'], end: ['TestInt'] }, [
      ['number.INT', 'other.value'],
      ['other.INT', 'end.value'],
    ])
    const inner = await comfy.page.evaluate(() => {
      const { app } = globalThis as unknown as PageWindow & {
        app: { canvas: { openSubgraph(inside: unknown, host: unknown): void } }
      }
      const { rootGraph } = app
      const middle = rootGraph.nodes[1]
      const { subgraph, node } = rootGraph.convertToSubgraph(new Set(middle ? [middle] : [])) as {
        subgraph: { nodes: { id: string }[] }
        node: unknown
      }
      app.canvas.openSubgraph(subgraph, node)
      return String(subgraph.nodes[0]?.id)
    })
    await choose(comfy, await socketPoint(comfy, inner, 'input', 'value'))
    const prompt = await comfy.prompt()
    const [id, port] = Object.entries(prompt).find(([, node]) => node.class_type === 'DiscomfortPort') ?? []
    const inside = Object.entries(prompt).find(([key]) => key.endsWith(`:${inner}`))?.[1]
    const [before] = (port?.inputs['value'] ?? []) as [string?]
    expect(prompt[before ?? '']?.inputs['value']).toBe(5)
    expect(inside?.inputs['value']).toEqual([id, 0])
    expect(comfy.errors).toEqual([])
  })
})
