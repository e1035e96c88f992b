import { describe, expect, it } from 'vitest'
import { findPorts } from '../../src/ports/find-ports.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { compiled, definitions, node, port } from '../support/port-definitions.ts'

const find = (prompt: Prompt, drawn?: Record<string, Record<string, unknown>>) =>
  findPorts(compiled(prompt, drawn), definitions, 'a.json')

describe('the ports of a workflow', () => {
  it('are INPUT, OUTPUT or PASSTHRU by what is wired to them', () => {
    const ports = find({
      1: port('in'),
      2: node('Sampler', { seed: ['1', 0], model: ['5', 0] }),
      3: port('through', ['2', 0]),
      4: node('Any', { anything: ['3', 0] }),
      5: port('model'),
      6: port('out', ['4', 0]),
      7: port('alone'),
    })
    expect(ports.inputs).toMatchObject([
      { uniqueId: 'in', node: '1', type: 'INT', targets: [{ node: '2', input: 'seed', type: 'INT' }] },
      { uniqueId: 'model', node: '5', type: 'MODEL' },
    ])
    expect(ports.outputs).toMatchObject([{ uniqueId: 'out', node: '6', type: '*', source: ['4', 0], isList: false }])
    expect(ports.passthrus).toMatchObject([{ uniqueId: 'through', node: '3', type: 'LATENT' }])
  })

  it('have titles, ids and tags', () => {
    const tagged = node('DiscomfortPort', { unique_id: 'in', tags: ' a, b ,,c' }, 'My port')
    const { inputs } = find({ 1: tagged, 2: node('Sampler', { seed: ['1', 0] }) })
    expect(inputs).toMatchObject([{ title: 'My port', uniqueId: 'in', tags: ['a', 'b', 'c'] }])
    const bare = { class_type: 'DiscomfortPort', inputs: {} }
    const { inputs: untitled } = find({ 1: bare, 2: node('Sampler', { seed: ['1', 0] }) })
    expect(untitled).toMatchObject([{ title: 'DiscomfortPort', uniqueId: '', tags: [] }])
  })

  it('take what comes in also by the name of that socket in the original Discomfort', () => {
    const { outputs, passthrus } = find({
      1: node('Sampler'),
      2: port('through', ['1', 0], 'input_data'),
      3: port('out', ['2', 0], 'input_data'),
    })
    expect(passthrus).toMatchObject([{ uniqueId: 'through', type: 'LATENT' }])
    expect(outputs).toMatchObject([{ uniqueId: 'out', type: 'LATENT', source: ['2', 0] }])
  })

  it('tell what the widgets that they feed hold themselves', () => {
    const prompt = { 1: port('seed'), 2: node('Sampler', { seed: ['1', 0], cfg: ['1', 0] }) }
    const drawn = { 2: { seed: 5, name: 'x' } }
    expect(find({ ...prompt, 2: node('Sampler', { seed: ['1', 0] }) }, drawn).inputs[0]?.targets).toEqual([
      { node: '2', input: 'seed', type: 'INT', drawn: { value: 5 } },
    ])
  })
})

describe('the type of a port', () => {
  it('is that of the inputs that it feeds, where one says it', () => {
    const prompt = {
      1: port('any'),
      2: node('Any', { anything: ['1', 0] }),
      3: node('Matched', { any: ['1', 0] }),
      4: node('Picture', { image: ['1', 0] }),
    }
    expect(find(prompt).inputs[0]?.type).toBe('IMAGE')
    expect(find({ 1: prompt[1], 2: prompt[2], 3: prompt[3] }).inputs[0]?.type).toBe('*')
  })

  it('is that of the output behind it, through other ports, with whether it is a list', () => {
    const { outputs } = find({
      1: node('Many'),
      2: port('first', ['1', 0]),
      3: port('images', ['2', 0]),
      4: port('count', ['1', 1]),
      5: port('choice', ['6', 0]),
      6: node('Chooser'),
      7: port('matched', ['8', 0]),
      8: node('Matched'),
      9: port('unknown', ['10', 0]),
      10: node('NobodyKnows'),
    })
    expect(outputs.map(({ uniqueId, type, isList }) => [uniqueId, type, isList])).toEqual([
      ['images', 'IMAGE', true],
      ['count', 'INT', false],
      ['choice', 'COMBO', false],
      ['matched', '*', false],
      ['unknown', '*', false],
    ])
  })

  it('must be one: a port that feeds a picture and a number is refused', () => {
    const prompt = { 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: node('Sampler', { seed: ['1', 0] }) }
    expect(() => find(prompt)).toThrow(
      expect.objectContaining({
        code: 'PORT_TYPE_MISMATCH',
        details: { uniqueId: 'in', expected: 'IMAGE', found: 'INT', node: '3' },
      }),
    )
  })

  it('agrees with unions that hold it', () => {
    const prompt = { 1: port('in'), 2: node('Number', { value: ['1', 0] }), 3: node('Sampler', { cfg: ['1', 0] }) }
    expect(() => find(prompt)).not.toThrow()
  })
})

describe('ports of one id', () => {
  it('may be several INPUT ports whose types agree', () => {
    const prompt = {
      1: port('seed'),
      2: port('seed'),
      3: node('Sampler', { seed: ['1', 0] }),
      4: node('Number', { value: ['2', 0] }),
    }
    expect(find(prompt).inputs.map(({ node }) => node)).toEqual(['1', '2'])
    expect(() => find({ ...prompt, 4: node('Picture', { mask: ['2', 0] }) })).toThrow(
      expect.objectContaining({ code: 'PORT_TYPE_MISMATCH', message: expect.stringContaining('"seed"') as string }),
    )
  })

  it('may be an INPUT and an OUTPUT port, and no two OUTPUT ports', () => {
    const prompt = { 1: port('x'), 2: node('Any', { anything: ['1', 0] }), 3: port('x', ['2', 0]) }
    expect(() => find(prompt)).not.toThrow()
    expect(() => find({ ...prompt, 4: port('x', ['2', 0]) })).toThrow(
      expect.objectContaining({
        code: 'PORT_DUPLICATE',
        details: { uniqueId: 'x', nodes: ['3', '4'], workflow: 'a.json' },
        message: expect.stringContaining('a.json') as string,
      }),
    )
  })
})

describe('ports wired to ports', () => {
  it('pass on: an INPUT port feeds what the PASSTHRU ports behind it feed', () => {
    const { inputs, passthrus } = find({
      1: port('in'),
      2: port('a', ['1', 0]),
      3: port('b', ['2', 0]),
      4: node('Sampler', { seed: ['3', 0] }),
      5: node('Number', { value: ['2', 0] }),
    })
    const fed = inputs.flatMap(({ targets }) => targets.map(({ node, input }) => `${node}.${input}`))
    expect(fed.toSorted()).toEqual(['4.seed', '5.value'])
    expect(passthrus.map(({ uniqueId }) => uniqueId)).toEqual(['a', 'b'])
  })

  it('are told from the first to the last, whatever their ids', () => {
    const { passthrus } = find({
      1: port('last', ['2', 0]),
      2: port('middle', ['3', 0]),
      3: port('first', ['4', 0]),
      4: node('Sampler'),
      5: node('Any', { anything: ['1', 0] }),
    })
    expect(passthrus.map(({ uniqueId }) => uniqueId)).toEqual(['first', 'middle', 'last'])
    expect(passthrus.map(({ targets }) => targets[0]?.node)).toEqual(['5', '5', '5'])
  })

  it('may be an INPUT straight into an OUTPUT', () => {
    const { inputs, outputs } = find({ 1: port('in'), 2: port('out', ['1', 0]) })
    expect(inputs).toMatchObject([{ uniqueId: 'in', type: '*', targets: [{ node: '2', input: 'value' }] }])
    expect(outputs).toMatchObject([{ uniqueId: 'out', type: '*', source: ['1', 0] }])
  })

  it('in a circle are refused', () => {
    const circle = { 1: port('a', ['2', 0]), 2: port('b', ['1', 0]), 3: node('Any', { anything: ['1', 0] }) }
    expect(() => find(circle)).toThrow(
      expect.objectContaining({
        code: 'WORKFLOW_CYCLE',
        details: { nodes: expect.arrayContaining(['1', '2']) as string[] },
      }),
    )
    expect(() => find({ 1: port('a', ['1', 0]) })).toThrow(expect.objectContaining({ code: 'WORKFLOW_CYCLE' }))
  })
})

describe('what is wrong with ports', () => {
  it('is told instead of raised to whoever listens, and all ports are given but those in circles', () => {
    const told: string[] = []
    const prompt = {
      1: port('seed'),
      2: node('Sampler', { seed: ['1', 0] }),
      3: port('seed'),
      4: node('Picture', { mask: ['3', 0] }),
      5: port('x', ['2', 0]),
      6: port('x', ['4', 0]),
      7: port('round', ['8', 0]),
      8: port('round', ['7', 0]),
    }
    const { inputs, outputs, passthrus } = findPorts(compiled(prompt), definitions, undefined, ({ code }) => {
      told.push(code)
    })
    expect(told).toEqual(['WORKFLOW_CYCLE', 'WORKFLOW_CYCLE', 'PORT_DUPLICATE', 'PORT_TYPE_MISMATCH'])
    expect([inputs, outputs, passthrus].map((ports) => ports.map(({ node }) => node))).toEqual([
      ['1', '3'],
      ['5', '6'],
      [],
    ])
  })
})
