import { describe, expect, it } from 'vitest'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { definitions } from './support/definitions.ts'
import { node, subgraph, workflow } from './support/draw.ts'

const older = (drawn: Workflow) => workflowToPrompt(drawn, definitions, { frontend: '1.47.12' }).prompt
const newer = (drawn: Workflow) => workflowToPrompt(drawn, definitions, { frontend: '1.58.1' }).prompt

describe('a primitive on a dynamic combo', () => {
  const resize = node(2, 'Resize', {
    in: { image: null, kind: 1 },
    widgets: ['kind'],
    values: ['by factor', 3, 'area'],
  })
  const drawn = (key: string) =>
    workflow([node(1, 'PrimitiveNode', { out: ['COMFY_DYNAMICCOMBO_V3'], values: [key] }), resize], [[1, 1, 0, 2, 0]])

  it('brings the first option with its defaults in older frontends', () => {
    const expected = { kind: 'to size', 'kind.width': 512, 'kind.height': 512, filter: 'area' }
    expect(older(drawn('by factor'))['2']?.inputs).toEqual(expected)
  })

  it('brings its own option with the defaults of that in newer ones', () => {
    const expected = { kind: 'to size', 'kind.width': 512, 'kind.height': 512, filter: 'area' }
    expect(newer(drawn('to size'))['2']?.inputs).toEqual(expected)
  })

  it('leaves an option that is chosen already as it is in newer ones', () => {
    expect(newer(drawn('by factor'))['2']?.inputs).toEqual({ kind: 'by factor', 'kind.factor': 3, filter: 'area' })
  })

  it('chooses freely in older frontends where the first option brings no inputs', () => {
    const options = [
      { key: 'plain', inputs: {} },
      { key: 'fine', inputs: { required: { grain: ['INT', { default: 7 }] } } },
    ]
    const input = { required: { kind: ['COMFY_DYNAMICCOMBO_V3', { options }] } }
    const own = { Shape: { name: 'Shape', input, output: [] } }
    const nodes = [
      node(1, 'PrimitiveNode', { values: ['fine'] }),
      node(2, 'Shape', { in: { kind: 1 }, widgets: ['kind'], values: ['plain'] }),
    ]
    const { prompt } = workflowToPrompt(workflow(nodes, [[1, 1, 0, 2, 0]]), own)
    expect(prompt['2']?.inputs).toEqual({ kind: 'fine', 'kind.grain': 7 })
  })

  it('takes the value from all later primitives in older frontends', () => {
    const later = (at: Workflow) =>
      workflow(
        [
          ...at.nodes,
          node(3, 'PrimitiveNode', { out: ['INT'], values: [128, 'fixed'] }),
          node(4, 'Size', { in: { width: 2 }, widgets: ['width'], values: [32] }),
        ],
        [
          [1, 1, 0, 2, 0],
          [2, 3, 0, 4, 0],
        ],
      )
    expect(older(later(drawn('by factor')))['4']?.inputs).toEqual({ width: 32 })
    expect(newer(later(drawn('by factor')))['4']?.inputs).toEqual({ width: 128 })
  })
})

it('a primitive writes what fits into all the widgets that it is linked to', () => {
  const drawn = workflow(
    [
      node(1, 'PrimitiveNode', { out: ['INT'], values: [4, 'fixed'] }),
      node(2, 'Size', { in: { width: 1 }, widgets: ['width'], values: [32] }),
      node(3, 'Sample', { in: { steps: 2 }, widgets: ['steps'], values: [0, 'fixed', 20, 8, 'fast', true] }),
    ],
    [
      [1, 1, 0, 2, 0],
      [2, 1, 0, 3, 0],
    ],
  )
  expect(older(drawn)['2']?.inputs['width']).toBe(16)
  expect(older(drawn)['3']?.inputs['steps']).toBe(16)
})

describe('a primitive for which the node of its subgraph speaks', () => {
  const inside = subgraph(
    'inside',
    [
      {
        ...node(1, 'PrimitiveNode', { values: [96, 'fixed'] }),
        outputs: [{ name: 'INT', type: 'INT', links: [1, 2] }],
      },
      node(2, 'Size', { in: { width: 1 }, widgets: ['width'], values: [32] }),
      node(3, 'Size', { in: { width: 2 }, widgets: ['width'], values: [48] }),
    ],
    [
      [1, 1, 0, 2, 0],
      [2, 1, 0, 3, 0],
    ],
  )
  const host = (values: readonly unknown[]) =>
    workflow([node(10, 'inside', { values, properties: { proxyWidgets: [['1', 'value']] } })], [], [inside])

  it('gives all its widgets the value of the first where the node holds none', () => {
    for (const prompt of [older(host([])), newer(host([]))]) {
      expect(prompt['10:2']?.inputs).toEqual({ width: 32 })
      expect(prompt['10:3']?.inputs).toEqual({ width: 32 })
    }
  })

  it('gives them the value that the node holds', () => {
    expect(older(host([64]))['10:3']?.inputs).toEqual({ width: 64 })
  })
})

it('custom combos count the choice that the node around shows in newer frontends', () => {
  const inner = node(1, 'CustomCombo', {
    in: { choice: 1 },
    widgets: ['choice'],
    values: ['red', 0, 'red', 'blue', ''],
  })
  const around = subgraph('around', [inner], [[1, -10, 0, 1, 0]], { in: { choice: [1] } })
  const drawn = workflow([node(5, 'around', { in: { choice: null }, values: ['blue'] })], [], [around])
  expect(older(drawn)['5:1']?.inputs).toMatchObject({ choice: 'blue', index: 0 })
  expect(newer(drawn)['5:1']?.inputs).toMatchObject({ choice: 'blue', index: 1 })
})

it('classes go by the name that the frontend has for them', () => {
  const defined = { PrimitiveString: { name: 'PrimitiveString', display_name: 'Text', input: {}, output: [] } }
  const title = (frontend: string) =>
    workflowToPrompt(workflow([node(1, 'PrimitiveString')], []), defined, { frontend }).prompt['1']?._meta?.title
  expect(title('1.47.12')).toBe('Text String (DEPRECATED)')
  expect(title('1.58.1')).toBe('Text')
})

it('a widget inside counts only while something is linked to it', () => {
  const inner = subgraph('inner', [node(1, 'Size', { values: [32] })], [], { in: { gone: [] } })
  const outer = subgraph(
    'outer',
    [
      node(2, 'inner', { in: { gone: 1 }, widgets: ['gone'] }),
      node(3, 'Size', { in: { width: 2 }, widgets: ['width'], values: [16] }),
    ],
    [
      [1, -10, 0, 2, 0],
      [2, -10, 1, 3, 0],
    ],
    { in: { gone: [1], width: [2] } },
  )
  const drawn = workflow([node(9, 'outer', { in: { gone: null, width: null }, values: [80] })], [], [inner, outer])
  expect(older(drawn)['9:3']?.inputs).toEqual({ width: 80 })
})

it('an output of a subgraph that lists no links gives nothing', () => {
  const making = subgraph('making', [node(1, 'Size', { out: ['LATENT'], values: [32] })], [[1, 1, 0, -20, 0]], {
    out: ['LATENT'],
  })
  const outputs = (linkIds: readonly number[]) => [{ name: 'LATENT', type: 'LATENT', linkIds }]
  const drawn = (linkIds: readonly number[]) =>
    workflow(
      [node(5, 'making', { out: ['LATENT'] }), node(6, 'Keep', { in: { samples: 2 } })],
      [[2, 5, 0, 6, 0]],
      [{ ...making, outputs: outputs(linkIds) }],
    )
  expect(older(drawn([1]))['6']?.inputs).toEqual({ samples: ['5:1', 0] })
  expect(older(drawn([]))['6']?.inputs).toEqual({})
})
