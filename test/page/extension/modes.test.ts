import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect } from 'vitest'
import { draw } from '../support/draw.ts'
import { badgeSays, shownPort } from '../support/port-nodes.ts'
import { drag, socketPoint, titlePoint } from '../support/points.ts'
import type { PageWindow } from '../support/page-window.ts'
import { it } from '../support/with-page.ts'

const screenshots = fileURLToPath(new URL('../screenshots-out', import.meta.url))

describe('a port on the canvas', () => {
  it('says by badge, colour and sockets what it is, as links are drawn and taken away', async ({ comfy }) => {
    const nodes = await draw(comfy, {
      source: ['EmptyImage', { width: 16, height: 16 }],
      port: ['DiscomfortPort', { unique_id: 'picture' }],
      target: ['PreviewImage'],
    })
    await badgeSays(comfy, nodes.port, 'not connected')
    const idle = await shownPort(comfy, nodes.port)
    expect(idle.labels).toEqual(['value', 'value'])

    await drag(
      comfy,
      await socketPoint(comfy, nodes.port, 'output', 'value'),
      await socketPoint(comfy, nodes.target, 'input', 'images'),
    )
    await badgeSays(comfy, nodes.port, 'INPUT')
    const input = await shownPort(comfy, nodes.port)
    expect(input.labels).toEqual(['IMAGE', 'IMAGE'])

    await drag(
      comfy,
      await socketPoint(comfy, nodes.source, 'output', 'IMAGE'),
      await socketPoint(comfy, nodes.port, 'input', 'value'),
    )
    await badgeSays(comfy, nodes.port, 'PASSTHRU')
    const passthru = await shownPort(comfy, nodes.port)

    await comfy.page.mouse.click(...(await socketPoint(comfy, nodes.target, 'input', 'images')), { button: 'right' })
    await comfy.page.getByText('Disconnect Links').click()
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    const output = await shownPort(comfy, nodes.port)
    expect(new Set([idle, input, passthru, output].map(({ bgcolor }) => bgcolor)).size).toBe(4)
    expect(comfy.errors).toEqual([])
  })

  it('follows what lies between: undo, bypass, mute, reroutes and what is opened', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      {
        source: ['EmptyImage', { width: 16, height: 16 }],
        invert: ['ImageInvert'],
        port: ['DiscomfortPort', { unique_id: 'picture' }],
      },
      [
        ['source.IMAGE', 'invert.image'],
        ['invert.IMAGE', 'port.value'],
      ],
    )
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    const click = async (id: string) => comfy.page.mouse.click(...(await titlePoint(comfy, id)))
    await click(nodes.invert)
    await comfy.page.keyboard.press('Control+m')
    await badgeSays(comfy, nodes.port, 'not connected')
    await comfy.page.keyboard.press('Control+m')
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    await comfy.page.keyboard.press('Control+b')
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    await click(nodes.source)
    await comfy.page.keyboard.press('Delete')
    await badgeSays(comfy, nodes.port, 'not connected')
    await comfy.page.keyboard.press('Control+z')
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    const saved = await comfy.saved()
    await draw(comfy, {})
    await comfy.open(saved)
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    await click(nodes.port)
    await comfy.page.keyboard.press('Control+b')
    await badgeSays(comfy, nodes.port, '')
  })

  it('is told of what keeps it from working', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      {
        color: ['EmptyImage', { width: 16, height: 16 }],
        nameless: ['DiscomfortPort'],
        one: ['DiscomfortPort', { unique_id: 'same' }],
        other: ['DiscomfortPort', { unique_id: 'same' }],
        seed: ['DiscomfortPort', { unique_id: 'seed' }],
        number: ['TestInt'],
        seedToo: ['DiscomfortPort', { unique_id: 'seed' }],
        show: ['PreviewImage'],
      },
      [
        ['color.IMAGE', 'nameless.value'],
        ['color.IMAGE', 'one.value'],
        ['number.INT', 'other.value'],
        ['seed.value', 'number.value'],
        ['seedToo.value', 'show.images'],
      ],
    )
    await badgeSays(comfy, nodes.nameless, 'OUTPUT · no unique_id')
    await badgeSays(comfy, nodes.one, 'OUTPUT · same unique_id')
    await badgeSays(comfy, nodes.other, 'OUTPUT · same unique_id')
    await badgeSays(comfy, nodes.seed, 'INPUT · types differ')
    await badgeSays(comfy, nodes.seedToo, 'INPUT · types differ')
    await mkdir(screenshots, { recursive: true })
    await comfy.page.screenshot({ path: join(screenshots, 'port-warnings.png') })
  })

  it('says the same inside a subgraph', async ({ comfy }) => {
    await draw(
      comfy,
      {
        in: ['DiscomfortPort', { unique_id: 'number' }],
        number: ['TestInt', { value: 1 }],
        out: ['DiscomfortPort', { unique_id: 'result' }],
      },
      [
        ['in.value', 'number.value'],
        ['number.INT', 'out.value'],
      ],
    )
    const inside = await comfy.page.evaluate(() => {
      const { app } = globalThis as unknown as PageWindow & {
        app: { canvas: { openSubgraph(inside: unknown, host: unknown): void } }
      }
      const { subgraph, node } = app.rootGraph.convertToSubgraph(new Set(app.rootGraph.nodes)) as {
        subgraph: { nodes: { id: string; widgets?: { name: string; value: unknown }[] }[] }
        node: unknown
      }
      app.canvas.openSubgraph(subgraph, node)
      const ids = subgraph.nodes.map(({ id, widgets }) => [
        widgets?.find(({ name }) => name === 'unique_id')?.value ?? 'number node',
        id,
      ])
      return Object.fromEntries(ids) as Record<string, string>
    })
    await badgeSays(comfy, inside['number'] as string, 'INPUT')
    await badgeSays(comfy, inside['result'] as string, 'OUTPUT')
    expect((await shownPort(comfy, inside['result'] as string)).labels).toEqual(['INT', 'INT'])
  })

  it('leaves what is saved as people drew it, and a colour that they chose as it is', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      {
        color: ['EmptyImage', { width: 16, height: 16 }],
        port: ['DiscomfortPort', { unique_id: 'picture' }],
        own: ['DiscomfortPort', { unique_id: 'own' }],
      },
      [
        ['color.IMAGE', 'port.value'],
        ['color.IMAGE', 'own.value'],
      ],
    )
    await comfy.page.evaluate((id) => {
      const { app } = globalThis as unknown as PageWindow
      Object.assign(app.rootGraph.getNodeById(id) ?? {}, { color: '#432', bgcolor: '#653' })
    }, nodes.own)
    await badgeSays(comfy, nodes.port, 'OUTPUT')
    await badgeSays(comfy, nodes.own, 'OUTPUT')
    expect((await shownPort(comfy, nodes.own)).bgcolor).not.toBe((await shownPort(comfy, nodes.port)).bgcolor)
    const saved = (await comfy.saved()).nodes.find(({ id }) => String(id) === nodes.port)
    expect(saved).not.toHaveProperty('color')
    expect(saved).not.toHaveProperty('bgcolor')
    expect([...(saved?.inputs ?? []), ...(saved?.outputs ?? [])].filter((socket) => 'label' in socket)).toEqual([])
    expect(saved?.widgets_values).toEqual(['picture', ''])
  })
})
