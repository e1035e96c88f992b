import { describe, expect, it } from 'vitest'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import type { CompileOptions } from '../../src/prompt/compile-options.ts'
import { nextSeed } from '../../src/prompt/widgets/next-seed.ts'
import { readInputSpec } from '../../src/prompt/widgets/input-spec.ts'
import type { SubgraphDefinition, Workflow } from '../../src/workflow/document.ts'
import { definitions } from './support/definitions.ts'
import { node, workflow } from './support/draw.ts'

function sampler(id: number, seed: unknown, control: string, drawn: Parameters<typeof node>[2] = {}) {
  return node(id, 'Sample', { values: [seed, control, 20, 8, 'fast', true], ...drawn })
}

function seedOf(drawn: Workflow, options: CompileOptions, id = '1'): unknown {
  return compileWorkflow(drawn, definitions, options).prompt[id]?.inputs['seed']
}

/** Goes through the given numbers and begins again. */
function chance(...numbers: number[]): () => number {
  let at = 0
  return () => numbers[at++ % numbers.length] ?? 0
}

describe('seeds', () => {
  const drawn = (control: string, seed: unknown = 5) => workflow([sampler(1, seed, control)], [])

  it('stay as drawn unless something else is asked for', () => {
    for (const control of ['fixed', 'increment', 'decrement', 'randomize']) {
      expect(seedOf(drawn(control), {})).toBe(5)
      expect(seedOf(drawn(control), { seeds: 'keep', queued: 3 })).toBe(5)
      expect(compileWorkflow(drawn(control), definitions).seeds).toEqual([])
    }
  })

  it('advance as the control behind them says', () => {
    const random = chance(0.25)
    expect(seedOf(drawn('fixed'), { seeds: 'advance', random })).toBe(5)
    expect(seedOf(drawn('increment'), { seeds: 'advance', random })).toBe(6)
    expect(seedOf(drawn('decrement'), { seeds: 'advance', random })).toBe(4)
    expect(seedOf(drawn('randomize'), { seeds: 'advance', random })).toBe(2 ** 48)
  })

  it('advance by as many runs as went before, and not at all in the first', () => {
    expect(seedOf(drawn('increment'), { seeds: 'advance', queued: 0 })).toBe(5)
    expect(seedOf(drawn('increment'), { seeds: 'advance', queued: 4 })).toBe(9)
    expect(seedOf(drawn('decrement'), { seeds: 'advance', queued: 9 })).toBe(0)
    expect(seedOf(drawn('randomize'), { seeds: 'advance', queued: 0 })).toBe(5)
  })

  it('keep all their digits', () => {
    expect(seedOf(drawn('increment', 2n ** 60n), { seeds: 'advance' })).toBe(2n ** 60n + 1n)
    expect(seedOf(drawn('increment', 2 ** 53 - 1), { seeds: 'advance' })).toBe(2n ** 53n)
  })

  it('are all drawn anew where they are to be random, and told', () => {
    const random = chance(0.5, 0.75)
    const both = workflow([sampler(1, 5, 'fixed'), sampler(2, 5, 'increment', { title: 'Refine' })], [])
    const { prompt, seeds } = compileWorkflow(both, definitions, { seeds: 'randomize', queued: 0, random })
    expect(prompt['1']?.inputs['seed']).toBe(2 ** 49)
    expect(prompt['2']?.inputs['seed']).toBe(2 ** 49 + 2 ** 48)
    expect(seeds).toEqual([
      { node: '1', title: 'The Sample', input: 'seed', value: 2 ** 49 },
      { node: '2', title: 'Refine', input: 'seed', value: 2 ** 49 + 2 ** 48 },
    ])
  })

  it('do not move where another node makes them', () => {
    const fed = workflow(
      [
        node(1, 'Number', { values: [7, 'fixed'], out: ['INT'] }),
        sampler(2, 5, 'randomize', { in: { seed: 1 }, widgets: ['seed'] }),
      ],
      [[1, 1, 0, 2, 0]],
    )
    const { prompt, seeds } = compileWorkflow(fed, definitions, { seeds: 'advance' })
    expect(prompt['2']?.inputs['seed']).toEqual(['1', 0])
    expect(seeds).toEqual([])
  })

  it('move with the primitive that feeds them, all in step', () => {
    const fed = workflow(
      [
        node(1, 'PrimitiveNode', { values: [7, 'increment'], out: ['INT'] }),
        sampler(2, 5, 'randomize', { in: { seed: 1 }, widgets: ['seed'] }),
        sampler(3, 5, 'fixed', { in: { seed: 2 }, widgets: ['seed'] }),
      ],
      [
        [1, 1, 0, 2, 0],
        [2, 1, 0, 3, 0],
      ],
    )
    const { prompt } = compileWorkflow(fed, definitions, { seeds: 'advance' })
    expect(prompt['2']?.inputs['seed']).toBe(8)
    expect(prompt['3']?.inputs['seed']).toBe(8)
  })

  it('leave a primitive alone that feeds no seed, where seeds are to be random', () => {
    const fed = workflow(
      [
        node(1, 'PrimitiveNode', { values: [30, 'increment'], out: ['INT'] }),
        sampler(2, 5, 'fixed', { in: { steps: 1 }, widgets: ['steps'] }),
      ],
      [[1, 1, 0, 2, 0]],
    )
    const steps = (options: CompileOptions) => compileWorkflow(fed, definitions, options).prompt['2']?.inputs['steps']
    expect(steps({ seeds: 'randomize', random: chance(0.5) })).toBe(30)
    expect(steps({ seeds: 'advance' })).toBe(31)
  })

  it('that the node of a subgraph holds move by the control inside, once for all that they feed', () => {
    const subgraph: SubgraphDefinition = {
      id: 'pair',
      inputs: [{ id: 'a', name: 'seed', type: 'INT', linkIds: [1, 2] }],
      outputs: [],
      nodes: [
        sampler(1, 0, 'randomize', { in: { seed: 1 }, widgets: ['seed'] }),
        sampler(2, 0, 'randomize', { in: { seed: 2 }, widgets: ['seed'] }),
      ],
      links: [
        { id: 1, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: 'INT' },
        { id: 2, origin_id: -10, origin_slot: 0, target_id: 2, target_slot: 0, type: 'INT' },
      ],
    }
    const host = node(9, 'pair', { in: { seed: null }, widgets: ['seed'], values: [11] })
    const drawnPair = workflow([host], [], [subgraph])
    expect(seedOf(drawnPair, {}, '9:1')).toBe(11)
    const { prompt } = compileWorkflow(drawnPair, definitions, { seeds: 'advance', random: chance(0.5, 0.25) })
    expect(prompt['9:1']?.inputs['seed']).toBe(2 ** 49)
    expect(prompt['9:2']?.inputs['seed']).toBe(2 ** 49)
    const twice = workflow([host, { ...host, id: 10 }], [], [subgraph])
    const two = compileWorkflow(twice, definitions, { seeds: 'advance', random: chance(0.5, 0.25) }).prompt
    expect([two['9:1']?.inputs['seed'], two['10:1']?.inputs['seed']]).toEqual([2 ** 49, 2 ** 48])
  })
})

describe('the next value', () => {
  const next = (value: unknown, spec: unknown, control: string, runs = 1) =>
    nextSeed(value, readInputSpec('x', spec), { control, runs, random: () => 0.5 })

  it('stays within the range of the widget, in its steps', () => {
    const spec = ['INT', { min: 10, max: 20, step: 5 }]
    expect(next(10, spec, 'increment')).toBe(15)
    expect(next(20, spec, 'increment')).toBe(20)
    expect(next(10, spec, 'decrement')).toBe(10)
    expect(next(10, spec, 'randomize')).toBe(15)
    expect(next(0.5, ['FLOAT', { min: 0, max: 1, step: 0.25 }], 'increment')).toBe(0.75)
  })

  it('is a neighbour among choices', () => {
    const spec = [['a', 'b', 'c']]
    expect(next('a', spec, 'increment')).toBe('b')
    expect(next('c', spec, 'increment')).toBe('c')
    expect(next('c', spec, 'increment-wrap')).toBe('a')
    expect(next('a', spec, 'decrement')).toBe('a')
    expect(next('a', spec, 'randomize')).toBe('b')
    expect(next('a', spec, 'fixed')).toBe('a')
  })

  it('of what is no number is the same', () => {
    expect(next('text', ['INT', {}], 'increment')).toBe('text')
  })
})
