import { describe, expect, it } from 'vitest'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { drawnNode } from '../../../src/server/jobs/drawn-node.ts'

const prompt: Prompt = {
  '2/12': { class_type: 'Loop', inputs: {}, _meta: { title: 'My loop' } },
  '58:43': { class_type: 'KSampler', inputs: {} },
  '7.5': { class_type: 'Save', inputs: {} },
}
const originOf = (id: string) => (id === '2/12' ? { workflow: 'b.json', node: '12' } : { node: id })

describe('the node that the server speaks of', () => {
  it('is told by its id, workflow and title as drawn, or by its class', () => {
    const loop = { workflow: 'b.json', node: '12', title: 'My loop', classType: 'Loop' }
    expect(drawnNode(prompt, '2/12', originOf)).toEqual(loop)
    const sampler = { workflow: undefined, node: '58:43', title: 'KSampler', classType: 'KSampler' }
    expect(drawnNode(prompt, '58:43', originOf)).toEqual(sampler)
    expect(drawnNode(prompt, '58:43')).toEqual(sampler)
  })

  it('is the one that made it, where it was made while that ran', () => {
    expect(drawnNode(prompt, '2/12.0.0.5', originOf)).toMatchObject({ node: '12', title: 'My loop' })
    expect(drawnNode(prompt, '7.5', originOf)).toMatchObject({ node: '7.5', title: 'Save' })
  })

  it('keeps its whole id, where the prompt knows neither of them', () => {
    expect(drawnNode(prompt, '99.1', originOf)).toMatchObject({ node: '99.1', title: '99.1', classType: '' })
  })
})
