import { describe, expect } from 'vitest'
import { draw } from './support/draw.ts'
import { shownPictures, shownText } from './support/read-node.ts'
import type { PageWindow } from './support/page-window.ts'
import { it } from './support/with-page.ts'

describe('an OUTPUT port in the page', () => {
  it('shows a scalar as text and leaves it in the history as data', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      { number: ['TestInt', { value: 271828 }], port: ['DiscomfortPort', { unique_id: 'result' }] },
      [['number.INT', 'port.value']],
    )
    const { outputs, status } = await comfy.queue()
    expect(status.status_str).toBe('success')
    expect(outputs[nodes.port]?.['discomfort']).toEqual([{ v: 1, unique_id: 'result', tree: { int: '271828' } }])
    expect(await shownText(comfy, nodes.port)).toBe('271828')
    await comfy.page.getByText('271828', { exact: true }).waitFor()
  })

  it('shows every picture of an image and keeps its pixels out of the history', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      {
        picture: ['EmptyImage', { width: 96, height: 64, batch_size: 2, color: 0xff8800 }],
        port: ['DiscomfortPort', { unique_id: 'picture' }],
      },
      [['picture.IMAGE', 'port.value']],
    )
    const { outputs, status } = await comfy.queue()
    expect(status.status_str).toBe('success')
    expect(Object.keys(outputs[nodes.port] ?? {})).toEqual(['images'])
    expect(await shownPictures(comfy, nodes.port)).toEqual([
      [96, 64],
      [96, 64],
    ])
  })
})

describe('an INPUT port in the page', () => {
  it('lets the values count that are drawn in the widgets it is linked to', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      {
        in: ['DiscomfortPort', { unique_id: 'number' }],
        number: ['TestInt', { value: 31415 }],
        out: ['DiscomfortPort', { unique_id: 'result' }],
      },
      [
        ['in.value', 'number.value'],
        ['number.INT', 'out.value'],
      ],
    )
    const { outputs, status } = await comfy.queue()
    expect(status.status_str).toBe('success')
    expect(Object.keys(outputs)).toEqual([nodes.out])
    expect(await shownText(comfy, nodes.out)).toBe('31415')
  })

  it('fails with its unique_id where nothing gives it a value, and the page points at it', async ({ comfy }) => {
    const nodes = await draw(
      comfy,
      { in: ['DiscomfortPort', { unique_id: 'picture-from-outside' }], show: ['PreviewImage'] },
      [['in.value', 'show.images']],
    )
    const { status } = await comfy.queue()
    expect(status.status_str).toBe('error')
    const told = await comfy.page.waitForFunction(() => (globalThis as unknown as PageWindow).app.lastExecutionError)
    expect(await told.jsonValue()).toMatchObject({
      node_id: nodes.in,
      exception_message: expect.stringContaining('Port "picture-from-outside" has no value.') as unknown,
    })
    await comfy.page.getByText('Discomfort port failed').waitFor()
    await comfy.page.getByRole('button', { name: 'View details' }).click()
    await comfy.page.getByText(/Port "picture-from-outside" has no value\./).waitFor()
  })
})

describe('a PASSTHRU port in the page', () => {
  for (const [side, isTrue] of [
    ['on_true', true],
    ['on_false', false],
  ] as const) {
    it(`passes on the ${side} side of a lazy switch while the other side, which would fail, does not run`, async ({
      comfy,
    }) => {
      const other = isTrue ? 'on_false' : 'on_true'
      const drawing = {
        number: ['TestInt', { value: 60221 }],
        selected: ['DiscomfortPort', { unique_id: 'selected' }],
        fail: ['TestFail', { message: 'the unselected side ran' }],
        unselected: ['DiscomfortPort', { unique_id: 'unselected' }],
        switch: ['ComfySwitchNode', { switch: isTrue }],
        out: ['DiscomfortPort', { unique_id: 'result' }],
      } as const
      const wires = [
        ['number.INT', 'selected.value'],
        ['selected.value', `switch.${side}`],
        ['fail.*', 'unselected.value'],
        ['unselected.value', `switch.${other}`],
        ['switch.output', 'out.value'],
      ] as const
      const nodes = await draw(comfy, drawing, wires)
      const { outputs, status } = await comfy.queue()
      expect(status.status_str).toBe('success')
      expect(Object.keys(outputs)).toEqual([nodes.out])
      expect(await shownText(comfy, nodes.out)).toBe('60221')

      await draw(comfy, { ...drawing, switch: ['ComfySwitchNode', { switch: !isTrue }] }, wires)
      const failed = await comfy.queue()
      expect(failed.status.messages.at(-1)).toEqual([
        'execution_error',
        expect.objectContaining({ exception_message: expect.stringContaining('the unselected side ran') as unknown }),
      ])
    })
  }
})
