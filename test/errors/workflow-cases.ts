import { readWorkflow } from '../../src/files/read-workflow.ts'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import { parseWorkflow, workflowToPrompt } from '../../src/pure.ts'
import { captureRecipe } from '../../src/run/capture-recipe.ts'
import { checkDepth } from '../../src/run/check-depth.ts'
import { checkRecipe } from '../../src/run/check-recipe.ts'
import { definitions, node, port } from '../support/port-definitions.ts'
import type { Cases } from './place.ts'

const twoSamplers = { 3: node('Sampler', { seed: 1 }), 4: node('Sampler', { seed: 2 }) }
const drawn = (nodes: object[], links: unknown[] = []) => ({ version: 0.4, nodes, links }) as never
const recipeClasses = {
  Load: { input: { required: { file: [['a', 'b']] } }, output: ['MODEL'] },
  Paid: { input: { required: {} }, output: ['IMAGE'], api_node: true },
} as unknown as NodeDefinitions
const refer = (classType: string, inputs: object) => {
  const prompt = { 7: node(classType, inputs as Record<string, unknown>) }
  const source = { prompt, loads: [], originOf: (id: string) => ({ workflow: 'a.json', node: id }), files: {} }
  return checkRecipe('x', captureRecipe(source, ['7', 0], { type: 'MODEL', isList: false }), recipeClasses, 'ref')
}

/** What is wrong with workflows, ports and addresses: found before anything is sent. */
export const workflowCases: Cases<
  | 'WORKFLOW_NOT_FOUND'
  | 'WORKFLOW_INVALID'
  | 'WORKFLOW_NODES_MISSING'
  | 'WORKFLOW_CYCLE'
  | 'ADDRESS_AMBIGUOUS'
  | 'ADDRESS_NOT_FOUND'
  | 'PORT_UNBOUND'
  | 'PORT_DUPLICATE'
  | 'PORT_TYPE_MISMATCH'
  | 'REFERENCE_COSTS'
  | 'REFERENCE_INVALID'
  | 'PROMPT_TOO_DEEP'
> = {
  WORKFLOW_NOT_FOUND: {
    'there is no such file': ({ path }) => readWorkflow(path('none.json')),
  },
  WORKFLOW_INVALID: {
    'it is no JSON': () => parseWorkflow('{"nodes": ['),
    'it is something else': () => parseWorkflow('[1, 2]'),
    'a picture has none': () => readWorkflow(new TextEncoder().encode('not a picture')),
  },
  WORKFLOW_NODES_MISSING: {
    'the conversion does not know a type': () =>
      workflowToPrompt(
        drawn(
          [
            { id: 1, type: 'Gone', title: 'Lost', outputs: [{ name: 'image', type: 'IMAGE', links: [1] }] },
            { id: 2, type: 'Picture', inputs: [{ name: 'image', type: 'IMAGE', link: 1 }] },
          ],
          [[1, 1, 0, 2, 0, 'IMAGE']],
        ),
        definitions,
      ),
    'the server does not know a class of a prompt': async ({ discomfort }) =>
      (await discomfort({ strict: true })).run({ 1: node('Gone'), 2: port('out', ['1', 0]) }),
  },
  WORKFLOW_CYCLE: {
    'ports take from one another': async ({ discomfort }) =>
      (await discomfort()).run({ 1: port('a', ['2', 0]), 2: port('b', ['1', 0]) }),
  },
  ADDRESS_AMBIGUOUS: {
    'several nodes fit': async ({ discomfort }) =>
      (await discomfort()).run(twoSamplers, { inputs: { 'Sampler.seed': 5 } }),
  },
  ADDRESS_NOT_FOUND: {
    'no node fits': async ({ discomfort }) => (await discomfort()).run(twoSamplers, { inputs: { 'Sampler.sed': 5 } }),
  },
  PORT_UNBOUND: {
    'nothing was given': async ({ discomfort }) =>
      (await discomfort()).run({ 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: port('out', ['2', 0]) }),
  },
  PORT_DUPLICATE: {
    'two OUTPUT ports have one name': async ({ discomfort }) =>
      (await discomfort()).run({ 1: node('Many'), 2: port('out', ['1', 0]), 3: port('out', ['1', 1]) }),
  },
  PORT_TYPE_MISMATCH: {
    'one name feeds two types': async ({ discomfort }) =>
      (await discomfort()).run({
        1: port('in'),
        2: port('in'),
        3: node('Picture', { image: ['1', 0] }),
        4: node('Sampler', { model: ['2', 0] }),
      }),
  },
  REFERENCE_COSTS: {
    'a reference holds a paid node': () => refer('Paid', {}),
  },
  REFERENCE_INVALID: {
    'a reference would be refused': () => refer('Load', { file: 'c' }),
  },
  PROMPT_TOO_DEEP: {
    'a chain of 2,000 nodes': () =>
      checkDepth(
        Object.fromEntries(
          Array.from({ length: 2000 }, (_, at) => [at, node('Any', at ? { anything: [`${at - 1}`, 0] } : {})]),
        ),
        'chain.json',
      ),
  },
}
