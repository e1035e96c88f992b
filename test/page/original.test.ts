import { Discomfort } from 'discomfort'
import { describe, expect, inject } from 'vitest'
import { shownText } from './support/read-node.ts'
import { it } from './support/with-page.ts'

const place = { size: [240, 80], flags: {}, mode: 0 }
/** The socket of a widget was not saved yet, and the port's own was called `input_data`. */
const workflow = {
  version: 0.4,
  last_node_id: 5,
  last_link_id: 4,
  nodes: [
    {
      ...place,
      id: 1,
      type: 'DiscomfortPort',
      pos: [60, 120],
      order: 0,
      inputs: [{ name: 'input_data', type: '*', shape: 7, link: null }],
      outputs: [{ name: 'output', type: '*', links: [1] }],
      properties: { 'Node name for S&R': 'DiscomfortPort' },
      widgets_values: ['number', 'first, test'],
    },
    {
      ...place,
      id: 2,
      type: 'TestInt',
      pos: [400, 120],
      order: 1,
      inputs: [{ name: 'value', type: 'INT', widget: { name: 'value' }, link: 1 }],
      outputs: [{ name: 'INT', type: 'INT', links: [2] }],
      properties: { 'Node name for S&R': 'TestInt' },
      widgets_values: [12],
    },
    {
      ...place,
      id: 3,
      type: 'DiscomfortPort',
      pos: [740, 120],
      order: 2,
      inputs: [{ name: 'input_data', type: '*', shape: 7, link: 2 }],
      outputs: [{ name: 'output', type: '*', links: [3] }],
      properties: { 'Node name for S&R': 'DiscomfortPort' },
      widgets_values: ['between', ''],
    },
    {
      ...place,
      id: 4,
      type: 'TestInt',
      pos: [1080, 120],
      order: 3,
      inputs: [{ name: 'value', type: 'INT', widget: { name: 'value' }, link: 3 }],
      outputs: [{ name: 'INT', type: 'INT', links: [4] }],
      properties: { 'Node name for S&R': 'TestInt' },
      widgets_values: [0],
    },
    {
      ...place,
      id: 5,
      type: 'DiscomfortPort',
      pos: [1080, 360],
      order: 4,
      inputs: [{ name: 'input_data', type: '*', shape: 7, link: 4 }],
      outputs: [{ name: 'output', type: '*', links: null }],
      properties: { 'Node name for S&R': 'DiscomfortPort' },
      widgets_values: ['result'],
    },
  ],
  links: [
    [1, 1, 0, 2, 0, 'INT'],
    [2, 2, 0, 3, 0, '*'],
    [3, 3, 0, 4, 0, 'INT'],
    [4, 4, 0, 5, 0, '*'],
  ],
}

describe('a workflow that the original Discomfort saved', () => {
  it('opens in the page with its links and names, and runs there', async ({ comfy }) => {
    const errorsBefore = comfy.errors.length
    await comfy.open(workflow)
    const prompt = await comfy.prompt()
    expect(Object.values(prompt).map(({ inputs }) => inputs['unique_id'] ?? inputs['value'])).toEqual([
      'number',
      ['1', 0],
      'between',
      ['3', 0],
      'result',
    ])
    const { outputs, status } = await comfy.queue()
    expect(status.status_str).toBe('success')
    expect(outputs).toEqual({
      '5': { text: ['12'], discomfort: [{ v: 1, unique_id: 'result', tree: { int: '12' } }] },
    })
    expect(await shownText(comfy, '5')).toBe('12')
    expect(comfy.errors.slice(errorsBefore)).toEqual([])
  })

  it('runs by the library as it was saved and as the page saves it again', async ({ comfy }) => {
    await comfy.open(workflow)
    await using discomfort = await Discomfort.create({ server: inject('server') })
    for (const source of [workflow, await comfy.saved()]) {
      const outputs = { result: 'INT' } as const
      expect(await discomfort.run(source, { inputs: { number: 77 }, outputs })).toEqual({ result: 77 })
      expect(await discomfort.run(source, { outputs })).toEqual({ result: 12 })
    }
  })
})
