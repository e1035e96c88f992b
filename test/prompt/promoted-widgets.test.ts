import { describe, expect, it } from 'vitest'
import { findInput, inputAddresses } from '../../src/ports/address.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { failure } from '../support/failure.ts'
import { definitions } from './support/definitions.ts'
import { node, subgraph, workflow } from './support/draw.ts'

const sampler = (id: number, link: number, mode = 0) =>
  node(id, 'Sample', { in: { seed: link }, widgets: ['seed'], values: [0, 'fixed', 20, 8, 'fast', true], mode })

const pair = subgraph(
  'pair',
  [sampler(1, 1), sampler(2, 2), sampler(3, 3, 2)],
  [
    [1, -10, 0, 1, 0],
    [2, -10, 0, 2, 0],
    [3, -10, 0, 3, 0],
  ],
  { in: { seed: [1, 2, 3] } },
)
const host = (id: number, title: string, link: number | null = null) =>
  node(id, 'pair', { in: { seed: link }, widgets: ['seed'], values: [7], title })

describe('a widget on the node of a subgraph', () => {
  it('is addressed by the title or the id of that node, and stands for all inputs inside that take its value', () => {
    const compiled = compileWorkflow(workflow([host(9, 'Two samplers')], [], [pair]), definitions)
    const targets = [
      { node: '9:1', input: 'seed' },
      { node: '9:2', input: 'seed' },
    ]
    expect(compiled.promoted).toEqual([{ node: '9', title: 'Two samplers', widget: 'seed', targets }])
    expect(findInput('Two samplers.seed', compiled, definitions)).toEqual({
      node: '9',
      input: 'seed',
      type: 'INT',
      targets,
    })
    expect(findInput('9.seed', compiled, definitions)?.targets).toEqual(targets)
    expect(findInput('9:1.seed', compiled, definitions)?.targets).toEqual([{ node: '9:1', input: 'seed' }])
    expect(inputAddresses(compiled)[0]).toBe('Two samplers.seed')
  })

  it('is addressed through the nodes of subgraphs around it', () => {
    const outer = subgraph('outer', [host(5, 'Inner', 1)], [[1, -10, 0, 5, 0]], { in: { number: [1] } })
    const drawn = node(4, 'outer', { in: { number: null }, widgets: ['number'], values: [3], title: 'Outer' })
    const compiled = compileWorkflow(workflow([drawn], [], [pair, outer]), definitions)
    expect(compiled.prompt['4:5:1']?.inputs['seed']).toBe(3)
    expect(findInput('Outer.number', compiled, definitions)?.targets).toHaveLength(2)
    expect(findInput('Inner.seed', compiled, definitions)?.targets).toHaveLength(2)
  })

  it('is told by its id where several nodes have the title', async () => {
    const compiled = compileWorkflow(workflow([host(8, 'Same'), host(9, 'Same')], [], [pair]), definitions)
    const { details } = await failure('ADDRESS_AMBIGUOUS', () => findInput('Same.seed', compiled, definitions))
    expect(details.candidates).toEqual(['8.seed', '9.seed'])
    expect(inputAddresses(compiled).slice(0, 2)).toEqual(['8.seed', '9.seed'])
  })

  it('is none where another node feeds it', () => {
    const fed = workflow(
      [node(20, 'Number', { values: [5, 'fixed'], out: ['INT'] }), host(9, 'Two samplers', 1)],
      [[1, 20, 0, 9, 0]],
      [pair],
    )
    const compiled = compileWorkflow(fed, definitions)
    expect(compiled.prompt['9:1']?.inputs['seed']).toEqual(['20', 0])
    expect(findInput('Two samplers.seed', compiled, definitions)).toBeUndefined()
  })
})
