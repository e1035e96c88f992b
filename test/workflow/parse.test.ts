import { describe, expect, it } from 'vitest'
import { parseWorkflow } from '../../src/workflow/parse.ts'

const workflow = {
  nodes: [{ id: 1, type: 'KSampler', inputs: [{ name: 'model', type: 'MODEL', link: null }] }],
  links: [],
}

describe('parseWorkflow', () => {
  it('recognises a workflow that the canvas saved', () => {
    expect(parseWorkflow(JSON.stringify(workflow))).toEqual({ kind: 'workflow', workflow })
  })

  it('recognises a prompt', () => {
    const prompt = { '3': { class_type: 'KSampler', inputs: { seed: 1 } } }
    expect(parseWorkflow(JSON.stringify(prompt))).toEqual({ kind: 'prompt', prompt })
  })
})
