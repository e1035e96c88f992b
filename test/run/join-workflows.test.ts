import { describe, expect, it } from 'vitest'
import { findPorts } from '../../src/ports/find-ports.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { alone, joinWorkflows } from '../../src/run/join-workflows.ts'
import type { LoadedWorkflow } from '../../src/run/loaded-workflow.ts'
import { failure } from '../support/failure.ts'
import { compiled, definitions, node, port } from '../support/port-definitions.ts'

function load(name: string, prompt: Prompt, drawn: Record<string, Record<string, unknown>> = {}): LoadedWorkflow {
  const made = compiled(prompt, drawn)
  return { name, compiled: made, ports: findPorts(made, definitions, name), workflow: undefined }
}

const make = load('make.json', { 1: node('Picture', { image: 'a.png' }), 2: port('image', ['1', 0]) })
const use = load('use.json', { 1: port('image'), 2: node('Many', { image: ['1', 0] }), 3: port('n', ['2', 1]) })

describe('joined workflows', () => {
  it('lead what an OUTPUT port gives to the INPUT ports of its id, without those', () => {
    const joined = joinWorkflows([make, use], definitions)
    expect(joined.name).toBe('make.json + use.json')
    expect(joined.compiled.prompt).toEqual({
      '1/1': node('Picture', { image: 'a.png' }),
      '1/2': port('image', ['1/1', 0]),
      '2/2': node('Many', { image: ['1/1', 0] }),
      '2/3': port('n', ['2/2', 1]),
    })
    expect(joined.ports.inputs).toEqual([])
    expect(joined.ports.outputs.map(({ uniqueId }) => uniqueId)).toEqual(['image', 'n'])
  })

  it('know where each node comes from, and where each of a part went', () => {
    const joined = joinWorkflows([make, use], definitions)
    expect(joined.originOf('2/2')).toEqual({ workflow: 'use.json', node: '2' })
    expect(joined.idOf(use, '2')).toBe('2/2')
    expect(alone(use).originOf('2')).toEqual({ workflow: 'use.json', node: '2' })
    expect(joinWorkflows([use], definitions).compiled).toBe(use.compiled)
  })

  it('take the last one before, and keep only the last OUTPUT port of an id', () => {
    const again = load('again.json', { 7: node('Picture', { image: 'b.png' }), 8: port('image', ['7', 0]) })
    const { compiled: made, ports } = joinWorkflows([make, again, use, make], definitions)
    expect(made.prompt['3/2']).toEqual(node('Many', { image: ['2/7', 0] }))
    expect(ports.outputs.map(({ uniqueId, node: id }) => [uniqueId, id])).toEqual([
      ['n', '3/3'],
      ['image', '4/2'],
    ])
  })

  it('leave INPUT ports open that nothing before them feeds, and what comes behind does not count', () => {
    const { ports } = joinWorkflows([use, make], definitions)
    expect(ports.inputs).toMatchObject([{ uniqueId: 'image', node: '1/1' }])
  })

  it('feed a pair of one id in turn', () => {
    const step = load('step.json', { 1: port('n'), 2: node('Number', { value: ['1', 0] }), 3: port('n', ['2', 0]) })
    const { compiled: made, ports } = joinWorkflows([step, { ...step }, { ...step }], definitions)
    expect(made.prompt['3/2']?.inputs).toEqual({ value: ['2/2', 0] })
    expect(made.prompt['2/2']?.inputs).toEqual({ value: ['1/2', 0] })
    expect(ports.inputs).toMatchObject([{ uniqueId: 'n', node: '1/1' }])
    expect(ports.outputs).toMatchObject([{ uniqueId: 'n', node: '3/3', source: ['3/2', 0] }])
  })

  it('name both ends where the types do not fit', async () => {
    const text = load('text.json', { 1: node('Sampler', { seed: 1 }), 2: port('image', ['1', 0]) })
    const { message, details } = await failure('PORT_TYPE_MISMATCH', () => joinWorkflows([text, use], definitions))
    expect(message).toContain('of text.json (node 2) gives LATENT')
    expect(message).toContain('in use.json (node 1) takes IMAGE')
    expect(details).toMatchObject({ uniqueId: 'image', expected: 'IMAGE', found: 'LATENT' })
  })

  it('change nothing of the parts', () => {
    const before = structuredClone([make.compiled.prompt, use.compiled.prompt])
    joinWorkflows([make, use], definitions)
    expect([make.compiled.prompt, use.compiled.prompt]).toEqual(before)
  })
})
