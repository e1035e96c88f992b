import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { refuseCircles } from '../../../src/bridge/workflows/refuse-circles.ts'
import { temporaryFolder } from '../../support/folders.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (name: string) => join(folder.path, `${name}.json`)
beforeEach(async () => {
  folder = await temporaryFolder('circles')
})
afterEach(() => folder[Symbol.asyncDispose]())
const runner = (path: string) => ({ class_type: 'DiscomfortTestRunner', inputs: { workflow_path: path } })
const save = (name: string, prompt: object) => writeFile(at(name), JSON.stringify(prompt))
const look = (name: string) => refuseCircles(at(name), folder.path)

it('a workflow that runs itself is refused', async () => {
  await save('a', { 1: runner('a.json') })
  await expect(look('a')).rejects.toMatchObject({ code: 'WORKFLOW_CYCLE', details: { nodes: ['a.json', 'a.json'] } })
})

it('one that runs itself by way of others is told by the way', async () => {
  await save('a', { 1: runner('b.json') })
  await save('b', { 1: { class_type: 'DiscomfortSwitch', inputs: { workflows: `one: none.json\nelse:${at('c')}` } } })
  await save('c', { 1: runner(at('b')) })
  await expect(look('a')).rejects.toThrow('b.json → c.json → b.json')
})

it('one that is run in two places is no circle, nor is a file that is not there', async () => {
  await save('a', { 1: runner('b.json'), 2: runner('b.json'), 3: runner('none.json') })
  await save('b', { 1: { class_type: 'EmptyImage', inputs: {} } })
  await expect(look('a')).resolves.toBeUndefined()
})

it('drawings are looked through, also inside subgraphs', async () => {
  const inner = { id: 5, type: 'DiscomfortLoop', widgets_values: ['a.json', 5], pos: [0, 0], size: [1, 1] }
  const graph = { nodes: [], links: [], version: 1 }
  const subgraph = {
    id: '00000000-0000-4000-8000-000000000001',
    name: 's',
    inputs: [],
    outputs: [],
    ...graph,
    nodes: [inner],
  }
  await save('a', { ...graph, version: 0.4, definitions: { subgraphs: [subgraph] } })
  await expect(look('a')).rejects.toMatchObject({ code: 'WORKFLOW_CYCLE' })
})
