import { describe, expect, it } from 'vitest'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { rejection, type PromptAnswer } from '../../../src/server/jobs/rejection.ts'

const prompt: Prompt = {
  3: { class_type: 'KSampler', inputs: {}, _meta: { title: 'My sampler' } },
  4: { class_type: 'Save', inputs: {} },
}
const reject = (answer: PromptAnswer) => rejection(answer, prompt, 'p', 400)

describe('the error for a refused prompt', () => {
  it('names each node as it was drawn, with each input', () => {
    const { message, details } = reject({
      error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation', details: '' },
      node_errors: {
        3: {
          class_type: 'KSampler',
          errors: [
            {
              type: 'value_bigger_than_max',
              message: 'Value 99999 bigger than max of 10000',
              details: 'steps',
              extra_info: { input_name: 'steps' },
            },
            { type: 'required_input_missing', message: 'Required input is missing', details: 'model' },
          ],
        },
        4: { errors: [{}] },
        99: { class_type: 'Gone' },
      },
    })
    expect(message.split('\n')).toEqual([
      'ComfyUI refuses the prompt: Prompt outputs failed validation.',
      '  "My sampler" (KSampler, node 3), input steps: Value 99999 bigger than max of 10000: steps',
      '  "My sampler" (KSampler, node 3): Required input is missing: model',
      '  "Save" (Save, node 4): ',
      'Change these inputs in the workflow or by address, then run it again.',
    ])
    expect(details.nodes).toEqual([
      {
        node: '3',
        title: 'My sampler',
        classType: 'KSampler',
        errors: [
          {
            type: 'value_bigger_than_max',
            message: 'Value 99999 bigger than max of 10000',
            details: 'steps',
            input: 'steps',
          },
          { type: 'required_input_missing', message: 'Required input is missing', details: 'model' },
        ],
      },
      { node: '4', title: 'Save', classType: 'Save', errors: [{ type: '', message: '', details: '' }] },
      { node: '99', title: '99', classType: 'Gone', errors: [] },
    ])
  })

  it('says what is wrong with the whole where no node is named', () => {
    const { details } = reject({
      error: { type: 'prompt_no_outputs', message: 'Prompt has no outputs', details: '' },
      node_errors: {},
    })
    expect(details).toEqual({ reason: 'Prompt has no outputs', type: 'prompt_no_outputs', nodes: [], promptId: 'p' })
    const missing = { type: 'missing_node_type', message: "Node 'X' not found.", details: "Node ID '#3'" }
    expect(reject({ error: missing, node_errors: {} }).details.reason).toBe("Node 'X' not found.: Node ID '#3'")
  })

  it('reads the form of old servers: a text, and a list for the nodes', () => {
    const { details } = reject({ error: 'invalid prompt', node_errors: [] })
    expect(details).toEqual({ reason: 'invalid prompt', nodes: [], promptId: 'p' })
  })

  it('gives the status where the answer says nothing', () => {
    expect(reject({}).details.reason).toBe('HTTP 400')
    expect(rejection({}, prompt, 'p', 413).message).toContain('HTTP 413')
  })
})
