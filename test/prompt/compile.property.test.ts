import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { isPromptLink } from '../../src/prompt/prompt.ts'
import type { SubgraphDefinition, Workflow } from '../../src/workflow/document.ts'
import { parseWorkflow } from '../../src/workflow/parse.ts'
import { definitions } from './support/definitions.ts'
import { node, subgraph, workflow } from './support/draw.ts'

const types = [
  'Sample',
  'Size',
  'Number',
  'Blend',
  'Resize',
  'Show',
  'Reroute',
  'PrimitiveNode',
  'GetNode',
  'SetNode',
  'inner',
  'Odd',
]
const values = fc.array(
  fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.constant('by factor')),
  { maxLength: 6 },
)
const inputNames = ['', 'model', 'width', 'first', 'image', 'value', 'kind.width']

const drawnNode = (id: number) =>
  fc
    .record({
      type: fc.constantFrom(...types),
      in: fc.dictionary(fc.constantFrom(...inputNames), fc.option(fc.integer({ min: 1, max: 12 })), {
        noNullPrototype: true,
      }),
      out: fc.constantFrom(['*'], ['IMAGE', 'LATENT'], []),
      mode: fc.constantFrom(0, 0, 2, 4),
      values,
    })
    .map(({ type, ...drawn }) => node(id, type, { ...drawn, widgets: ['width', 'kind.width'] }))

const drawnLinks = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom(-10, 1, 2, 3, 4, 5),
    fc.nat(2),
    fc.constantFrom(-20, 1, 2, 3, 4, 5),
    fc.nat(2),
  ),
  { maxLength: 12 },
)
const drawnCanvas = fc.tuple(fc.tuple(...[1, 2, 3, 4, 5].map(drawnNode)), drawnLinks)

/** Workflows of all sorts of nodes with links at random, around a subgraph drawn the same way. */
const workflows: fc.Arbitrary<Workflow> = fc
  .tuple(drawnCanvas, drawnCanvas)
  .map(([[nodes, links], [inside, inner]]) => {
    const flat = inside.map((drawn) => (drawn.type === 'inner' ? { ...drawn, type: 'Size' } : drawn))
    const definition: SubgraphDefinition = subgraph('inner', flat, inner, {
      in: { width: [1, 2], model: [3] },
      out: ['IMAGE', 'LATENT'],
    })
    return workflow(nodes, links, [definition])
  })

const convert = (drawn: Workflow) =>
  compileWorkflow(drawn, definitions, { missingNodes: 'keep', random: () => 0, now: new Date(0) })

describe('the conversion of any workflow', () => {
  it('never changes what it is given', () => {
    fc.assert(
      fc.property(workflows, (drawn) => {
        const before = structuredClone(drawn)
        convert(drawn)
        expect(drawn).toEqual(before)
      }),
    )
  })

  it('gives the same prompt each time, with links to nodes of the prompt only', () => {
    fc.assert(
      fc.property(workflows, (drawn) => {
        const { prompt } = convert(drawn)
        expect(convert(drawn).prompt).toEqual(prompt)
        for (const { inputs } of Object.values(prompt)) {
          for (const value of Object.values(inputs)) if (isPromptLink(value)) expect(prompt).toHaveProperty([value[0]])
        }
      }),
    )
  })

  it('leaves nothing of the page in a prompt', () => {
    fc.assert(
      fc.property(workflows, (drawn) => {
        for (const { class_type } of Object.values(convert(drawn).prompt)) {
          expect(['Reroute', 'PrimitiveNode', 'GetNode', 'SetNode', 'inner']).not.toContain(class_type)
        }
      }),
    )
  })

  it('raises nothing but DiscomfortError, however damaged the workflow is', () => {
    const original = JSON.stringify(fc.sample(workflows, { numRuns: 1, seed: 1 })[0])
    fc.assert(
      fc.property(
        fc.nat(original.length),
        fc.nat(6),
        fc.constantFrom('', '0', 'null', '"', '{}', '[]', ',', '"a":1'),
        (at, cut, put) => {
          try {
            const parsed = parseWorkflow(original.slice(0, at) + put + original.slice(at + cut))
            if (parsed.kind === 'workflow') compileWorkflow(parsed.workflow, definitions)
          } catch (error) {
            if (!isDiscomfortError(error)) throw error
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
