import { describe, expect, it } from 'vitest'
import { isSameFile, namedModels } from '../../src/validate/named-models.ts'
import type { WorkflowNode } from '../../src/workflow/document.ts'

const model = { name: 'a.safetensors', url: 'https://example.com/a', directory: 'loras' }
const loader = (more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id: 1,
  type: 'LoraLoader',
  widgets_values: ['sub/a.safetensors', 1],
  properties: { models: [model] },
  ...more,
})

describe('the models that a workflow names', () => {
  it('are those of nodes, also inside of subgraphs, once each', () => {
    const definitions = { subgraphs: [{ id: 's', nodes: [loader({ id: 2, title: 'Inner' })] }] }
    expect(namedModels({ nodes: [loader()], definitions })).toEqual([
      { ...model, nodes: ['"LoraLoader" (node 1)', '"Inner" (node 2)'] },
    ])
  })

  it('are those of the workflow itself in older files', () => {
    expect(namedModels({ nodes: [], models: [model] })).toEqual([{ ...model, nodes: [] }])
  })

  it('are not those of nodes that are off or have another file chosen', () => {
    const nodes = [loader({ mode: 2 }), loader({ mode: 4 }), loader({ widgets_values: ['b.safetensors'] })]
    expect(namedModels({ nodes })).toEqual([])
  })

  it('are read with care', () => {
    const models = [null, 7, {}, { name: '' }, { name: 'a.safetensors', url: 5 }]
    expect(namedModels({ nodes: [loader({ properties: { models } })] })).toMatchObject([
      { name: 'a.safetensors', url: undefined, directory: undefined },
    ])
    expect(namedModels({ nodes: [loader({ properties: { models: 'none' } })] })).toEqual([])
  })

  it('are the same file under a subfolder, with either slash', () => {
    expect(isSameFile('sub\\a.safetensors', 'a.safetensors')).toBe(true)
    expect(isSameFile('xa.safetensors', 'a.safetensors')).toBe(false)
  })
})
