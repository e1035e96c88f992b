import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPorts } from '../../src/ports/find-ports.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { isPromptLink, type Prompt } from '../../src/prompt/prompt.ts'
import { pruneToOutput } from '../../src/stitch/prune-to-output.ts'
import { definitions } from '../prompt/support/definitions.ts'
import { node, subgraph, workflow } from '../prompt/support/draw.ts'
import { failure } from '../support/failure.ts'
import { randomWorkflows } from './support/random-workflow.ts'
import { meaning, port } from './support/meaning.ts'

const options = { nodeDefinitions: definitions }
const uuid = '5b1ff1f0-58f0-4a4e-9a7b-1c5a3e3d0002'

function needed(prompt: Prompt, last: string): Prompt {
  const ids = new Set([last])
  for (const id of ids)
    for (const value of Object.values(prompt[id]!.inputs)) if (isPromptLink(value)) ids.add(value[0])
  return Object.fromEntries(Object.entries(prompt).filter(([id]) => ids.has(id)))
}

/** Two pictures in one subgraph, used twice; each port takes one of them from another of its nodes. */
const twice = workflow(
  [node(1, uuid, { values: ['1.png', '2.png'] }), node(2, uuid, { values: ['3.png', '4.png'] }), port(3, 'first', 1), port(4, 'second', 2)], // prettier-ignore
  [
    [1, 1, 0, 3, 0],
    [2, 2, 1, 4, 0],
  ],
  [
    {
      ...subgraph(
        uuid,
        [
          node(5, 'Picture', { in: { image: 3 }, widgets: ['image'], out: ['IMAGE'], values: ['a.png'], title: 'one' }),
          node(6, 'Picture', { in: { image: 4 }, widgets: ['image'], out: ['IMAGE'], values: ['b.png'], title: 'two' }),
        ],
        [
          [1, 5, 0, -20, 0],
          [2, 6, 0, -20, 1],
          [3, -10, 0, 5, 0],
          [4, -10, 1, 6, 0],
        ],
        { in: { left: [3], right: [4] } },
      ),
      outputs: [
        { name: 'left', type: 'IMAGE', linkIds: [1] },
        { name: 'right', type: 'IMAGE', linkIds: [2] },
      ],
    },
  ],
)

describe('a workflow pruned to an output', () => {
  it('holds what that needs and nothing else, inside subgraphs too, with the values that are left', () => {
    const { prompt } = compileWorkflow(pruneToOutput(twice, 'second', options), definitions)
    expect(Object.values(prompt).map(({ class_type, inputs }) => [class_type, inputs['image']])).toEqual([
      ['DiscomfortPort', undefined],
      ['Picture', '4.png'],
    ])
  })

  it('has copies of a subgraph of which nodes need different parts', () => {
    const both = workflow(
      [...twice.nodes.slice(0, 2), node(7, 'Blend', { in: { first: 1, second: 2 }, out: ['IMAGE'], values: [0.5] }), port(8, 'both', 3)], // prettier-ignore
      [
        [1, 1, 0, 7, 0],
        [2, 2, 1, 7, 1],
        [3, 7, 0, 8, 0],
      ],
      twice.definitions?.subgraphs,
    )
    const pruned = pruneToOutput(both, 'both', options)
    expect(pruned.definitions?.subgraphs?.map(({ nodes }) => nodes?.length)).toEqual([1, 1])
    const { prompt } = compileWorkflow(pruned, definitions)
    const images = Object.values(prompt).flatMap(({ inputs }) => (inputs['image'] ? [inputs['image']] : []))
    expect(images).toEqual(['1.png', '4.png'])
  })

  it('refuses an id that no OUTPUT port has, with those that there are', async () => {
    const { message, details } = await failure('ADDRESS_NOT_FOUND', () => pruneToOutput(twice, 'secnd', options))
    expect(message).toContain('"second"')
    expect(details).toEqual({ address: 'secnd', candidates: ['second', 'first'] })
    await failure('WORKFLOW_INVALID', () => pruneToOutput(compileWorkflow(twice, definitions).prompt as never, 'first'))
  })

  it('converts to what the port needs in the whole prompt', () => {
    let ports = 0
    fc.assert(
      fc.property(randomWorkflows, ([drawn]) => {
        const before = structuredClone(drawn!)
        const { prompt } = compileWorkflow(drawn!, definitions)
        const found = outputsOf(prompt)
        for (const { node: id, uniqueId } of found) {
          const pruned = compileWorkflow(pruneToOutput(drawn!, uniqueId, options), definitions)
          expect(meaning(pruned.prompt)).toEqual(meaning(needed(prompt, id)))
          expect(Object.keys(pruned.prompt)).toHaveLength(Object.keys(needed(prompt, id)).length)
          ports += 1
        }
        expect(drawn).toEqual(before)
      }),
      { numRuns: 150 },
    )
    expect(ports).toBeGreaterThan(20)
  })
})

function outputsOf(prompt: Prompt) {
  try {
    return findPorts({ prompt, drawn: {} }, definitions).outputs
  } catch {
    return [] // ports of one id whose types do not agree
  }
}
