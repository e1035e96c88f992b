import { Discomfort } from 'discomfort'
import { expect, inject } from 'vitest'
import { draw } from './support/draw.ts'
import type { PageWindow } from './support/page-window.ts'
import { it } from './support/with-page.ts'

it('ports that the page packed into a subgraph run there and by the library', async ({ comfy }) => {
  await draw(
    comfy,
    {
      in: ['DiscomfortPort', { unique_id: 'number' }],
      number: ['TestInt', { value: 1234 }],
      out: ['DiscomfortPort', { unique_id: 'result' }],
    },
    [
      ['in.value', 'number.value'],
      ['number.INT', 'out.value'],
    ],
  )
  await comfy.page.evaluate(() => {
    const { rootGraph } = (globalThis as unknown as PageWindow).app
    rootGraph.convertToSubgraph(new Set(rootGraph.nodes))
  })
  const saved = await comfy.saved()
  expect(saved.definitions?.subgraphs).toHaveLength(1)
  const { outputs, status } = await comfy.queue()
  expect(status.status_str).toBe('success')
  expect(Object.keys(outputs)).toEqual([expect.stringMatching(/^\d+:\d+$/)])
  expect(Object.values(outputs)[0]?.['text']).toEqual(['1234'])

  await using discomfort = await Discomfort.create({ server: inject('server') })
  const options = { outputs: { result: 'INT' } } as const
  expect(await discomfort.run(saved, options)).toEqual({ result: 1234 })
  expect(await discomfort.run(saved, { ...options, inputs: { number: 5678 } })).toEqual({ result: 5678 })
})
