import { describe, expect, it } from 'vitest'
import { findPorts } from '../../src/ports/find-ports.ts'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { compiled, definitions as classes, node, port } from '../support/port-definitions.ts'

const matched = (id: string, allowed = '*') => ['COMFY_MATCHTYPE_V3', { template: { template_id: id, allowed_types: allowed } }] // prettier-ignore
const definitions: NodeDefinitions = {
  ...classes,
  Switch: {
    name: 'Switch',
    input: { required: { switch: ['BOOLEAN', {}], on_false: matched('a'), on_true: matched('a') } },
    output: ['COMFY_MATCHTYPE_V3'],
    output_matchtypes: ['a'],
  },
  Resize: {
    name: 'Resize',
    input: { required: { input: matched('b', 'IMAGE,MASK'), like: matched('c') } },
    output: ['COMFY_MATCHTYPE_V3'],
    output_matchtypes: ['b'],
  },
  List: {
    name: 'List',
    input: {
      required: {
        inputs: ['COMFY_AUTOGROW_V3', { template: { input: { required: { input: matched('d') } }, prefix: 'input' } }],
      },
    },
    output: ['COMFY_MATCHTYPE_V3'],
    output_is_list: [true],
    output_matchtypes: ['d'],
  },
}
const find = (prompt: Prompt) => findPorts(compiled(prompt), definitions)
const typeOfOutput = (prompt: Prompt) => find(prompt).outputs[0]?.type
const typeOfInput = (prompt: Prompt) => find(prompt).inputs[0]?.type

describe('the type of a port at a node that takes whatever is linked', () => {
  it('is that of what the node takes', () => {
    const prompt = { 1: node('Picture'), 2: node('Switch', { on_true: ['1', 0] }), 3: port('out', ['2', 0]) }
    expect(typeOfOutput(prompt)).toBe('IMAGE')
  })

  it('is found through several of them, ports and entries of lists', () => {
    const prompt = {
      1: node('Sampler'),
      2: node('Switch', { on_false: ['1', 0] }),
      3: port('between', ['2', 0]),
      4: node('Switch', { on_true: ['3', 0] }),
      5: node('List', { 'inputs.input0': ['4', 0] }),
      6: port('out', ['5', 0]),
    }
    expect(find(prompt).outputs).toMatchObject([{ type: 'LATENT', isList: true }])
    expect(find(prompt).passthrus).toMatchObject([{ type: 'LATENT' }])
  })

  it('is that of the other input, or of what the node feeds, for a port that comes in', () => {
    const beside = { 1: port('in'), 2: node('Picture'), 3: node('Switch', { on_false: ['1', 0], on_true: ['2', 0] }) }
    expect(typeOfInput(beside)).toBe('IMAGE')
    const behind = { 1: port('in'), 2: node('Switch', { on_false: ['1', 0] }), 3: node('Sampler', { model: ['2', 0] }) }
    expect(typeOfInput(behind)).toBe('MODEL')
  })

  it('keeps apart what belongs to another template', () => {
    const prompt = {
      1: node('Sampler'),
      2: node('Resize', { like: ['1', 0] }),
      3: port('out', ['2', 0]),
    }
    expect(typeOfOutput(prompt)).toBe('*')
  })

  it('is what the template admits where nothing else is known of a port that comes in', () => {
    expect(typeOfInput({ 1: port('in'), 2: node('Resize', { input: ['1', 0] }) })).toBe('IMAGE,MASK')
    expect(typeOfInput({ 1: port('in'), 2: node('Switch', { on_true: ['1', 0] }) })).toBe('*')
  })

  it('is unknown in a ring, and found at the end of a very long chain', () => {
    const ring = {
      1: node('Switch', { on_true: ['2', 0] }),
      2: node('Switch', { on_true: ['1', 0] }),
      3: port('out', ['2', 0]),
    }
    expect(typeOfOutput(ring)).toBe('*')
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`${at + 1}`, node('Switch', { on_true: [`${at}`, 0] })]),
    )
    expect(typeOfOutput({ 0: node('Picture'), ...chain, end: port('out', ['20000', 0]) })).toBe('IMAGE')
  })
})
