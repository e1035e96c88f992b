import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import { definitions } from './support/definitions.ts'
import { node, workflow } from './support/draw.ts'

const stranger = node(4, 'Stranger', {
  in: { image: 1, seed: null, name: null },
  widgets: ['seed', 'name'],
  values: [7, 'randomize', 'x'],
  properties: { cnr_id: 'strange-pack' },
  title: 'Odd one',
})
const drawn = workflow([node(1, 'Picture', { out: ['IMAGE'], values: ['a.png'] }), stranger], [[1, 1, 0, 4, 0]])

describe('node types that the server lacks', () => {
  it('are an error that names the type, its nodes and its pack', () => {
    try {
      workflowToPrompt(drawn, definitions, { source: 'odd.json' })
      expect.unreachable()
    } catch (error) {
      if (!isDiscomfortError(error, 'WORKFLOW_NODES_MISSING')) throw error
      expect(error.details).toEqual({
        source: 'odd.json',
        missing: [{ type: 'Stranger', nodes: [{ id: '4', title: 'Odd one' }], pack: 'strange-pack' }],
      })
      expect(error.message).toContain('"Stranger" (node 4, from the pack strange-pack)')
    }
  })

  it('are kept as they are when asked for, with a warning', () => {
    const { prompt, warnings } = workflowToPrompt(drawn, definitions, { missingNodes: 'keep' })
    expect(prompt['4']).toEqual({
      class_type: 'Stranger',
      inputs: { image: ['1', 0], seed: 7, name: 'x' },
      _meta: { title: 'Odd one' },
    })
    expect(warnings).toMatchObject([{ node: '4' }])
  })

  it('are replaced where ComfyUI has put another class in their place', () => {
    const successor = {
      ...definitions,
      SVD_img2vid_Conditioning: { name: 'SVD', input: { required: { fps: ['INT', {}] } } },
    }
    const old = workflow([node(1, 'SDV_img2vid_Conditioning', { values: [6] })], [])
    expect(workflowToPrompt(old, successor).prompt['1']).toMatchObject({
      class_type: 'SVD_img2vid_Conditioning',
      inputs: { fps: 6 },
    })
  })

  it('may be group nodes of older versions whose group is not in the file', () => {
    const grouped = workflow(
      [node(1, 'Picture', { out: ['IMAGE'] }), node(2, 'workflow>Mine', { in: { image: 1 } })],
      [[1, 1, 0, 2, 0]],
    )
    expect(() => workflowToPrompt(grouped, definitions)).toThrow('whose group the file does not hold')
  })

  it('do not matter while muted or bypassed', () => {
    const off = workflow([node(1, 'Stranger', { mode: 2 }), node(2, 'Stranger', { mode: 4 })], [])
    expect(workflowToPrompt(off, definitions)).toEqual({ prompt: {}, warnings: [] })
  })

  it('are left out with a warning when they hang on nothing', () => {
    const { prompt, warnings } = workflowToPrompt(workflow([node(1, 'Big Label')], []), definitions)
    expect(prompt).toEqual({})
    expect(warnings).toMatchObject([{ node: '1', message: expect.stringContaining('left out') as string }])
  })
})

describe('what only a page can do', () => {
  it('is a warning: values that a pack adds in the page', () => {
    const { prompt, warnings } = workflowToPrompt(
      workflow([node(1, 'PackNode', { values: ['a', 'b', 'c'] })], []),
      definitions,
    )
    expect(prompt['1']?.inputs).toEqual({ text: 'a' })
    expect(warnings).toMatchObject([{ message: expect.stringContaining('2 more values') as string }])
  })

  it('is a warning: nodes that feed others without links', () => {
    const everywhere = { ...definitions, 'Anything Everywhere': { name: 'Anything Everywhere' } }
    const { warnings } = workflowToPrompt(workflow([node(1, 'Anything Everywhere')], []), everywhere)
    expect(warnings).toMatchObject([{ message: expect.stringContaining('without links') as string }])
  })
})
