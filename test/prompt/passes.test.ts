import { describe, expect, it } from 'vitest'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { Workflow, WorkflowNode } from '../../src/workflow/document.ts'
import { definitions } from './support/definitions.ts'
import { node, subgraph, workflow } from './support/draw.ts'

const convert = (drawn: Workflow) => workflowToPrompt(drawn, definitions).prompt
const muted = 2
const bypassed = 4

const picture = (id: number, more = {}): WorkflowNode =>
  node(id, 'Picture', { out: ['IMAGE'], values: ['a.png'], ...more })

describe('muted nodes', () => {
  it('are left out, and so are the links from them', () => {
    const drawn = workflow(
      [picture(1, { mode: muted }), node(2, 'SaveImage', { in: { images: 1 } })],
      [[1, 1, 0, 2, 0]],
    )
    expect(convert(drawn)).toEqual({
      '2': { class_type: 'SaveImage', inputs: { filename_prefix: 'out' }, _meta: { title: 'The SaveImage' } },
    })
  })

  it('leave a widget that they were linked to with its own value', () => {
    const number = node(1, 'Number', { out: ['INT'], values: [9, 'fixed'], mode: muted })
    const size = node(2, 'Size', { in: { width: 1 }, widgets: ['width'], values: [72] })
    expect(convert(workflow([number, size], [[1, 1, 0, 2, 0]]))['2']?.inputs).toEqual({ width: 72 })
  })
})

describe('bypassed nodes', () => {
  const save = node(9, 'SaveImage', { in: { images: 9 } })

  it('are joined at the socket beside the output if its type fits', () => {
    const blend = node(3, 'Blend', { in: { first: 1, second: 2 }, out: ['IMAGE'], mode: bypassed })
    const drawn = workflow(
      [picture(1), picture(2), blend, save],
      [
        [1, 1, 0, 3, 0],
        [2, 2, 0, 3, 1],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)['9']?.inputs['images']).toEqual(['1', 0])
  })

  it('are joined at the first socket of the type that is asked for otherwise', () => {
    const save = node(9, 'Blend', { in: { first: 9 } })
    const mix = node(3, 'Mix', { in: { mask: null, image: 2 }, out: ['IMAGE', 'MASK'], mode: bypassed })
    const drawn = workflow(
      [picture(2), mix, save],
      [
        [2, 2, 0, 3, 1],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)['9']?.inputs['first']).toEqual(['2', 0])
  })

  it('give nothing where no socket fits', () => {
    const size = node(1, 'Size', { out: ['LATENT'], values: [64], mode: bypassed })
    expect(convert(workflow([size, node(2, 'Keep', { in: { samples: 1 } })], [[1, 1, 0, 2, 0]]))).toEqual({
      '2': { class_type: 'Keep', inputs: {}, _meta: { title: 'The Keep' } },
    })
  })

  it('may stand in a row', () => {
    const first = node(2, 'Blend', { in: { first: 1 }, out: ['IMAGE'], mode: bypassed })
    const second = node(3, 'Blend', { in: { first: 2 }, out: ['IMAGE'], mode: bypassed })
    const drawn = workflow(
      [picture(1), first, second, save],
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 3, 0],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)['9']?.inputs['images']).toEqual(['1', 0])
  })

  it('that are reroutes ask what is behind them for any type', () => {
    const size = node(1, 'Size', { out: ['LATENT'], values: [64] })
    const picky = node(2, 'Resize', {
      in: { image: 1 },
      out: ['IMAGE'],
      values: ['by factor', 2, 'area'],
      mode: bypassed,
    })
    const reroute = node(3, 'Reroute', { in: { '': 2 }, out: ['*'], mode: bypassed })
    const drawn = workflow(
      [size, picky, reroute, save],
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 3, 0],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)['9']?.inputs['images']).toEqual(['1', 0])
  })

  it('in a ring give nothing instead of turning for ever', () => {
    const ring = [2, 3].map((id) => node(id, 'Blend', { in: { first: 5 - id }, out: ['IMAGE'], mode: bypassed }))
    const drawn = workflow(
      [...ring, node(9, 'SaveImage', { in: { images: 9 } })],
      [
        [2, 2, 0, 3, 0],
        [3, 3, 0, 2, 0],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)['9']?.inputs).toEqual({ filename_prefix: 'out' })
  })
})

describe('nodes of the page alone', () => {
  const save = node(9, 'SaveImage', { in: { images: 9 } })

  it('are dropped: notes', () => {
    expect(convert(workflow([node(1, 'Note', { values: ['hi'] }), node(2, 'MarkdownNote')], []))).toEqual({})
  })

  it('pass links on: reroutes, also in a row', () => {
    const reroute = (id: number, link: number) => node(id, 'Reroute', { in: { '': link }, out: ['*'] })
    const drawn = workflow(
      [picture(1), reroute(2, 1), reroute(3, 2), save],
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 3, 0],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)).toMatchObject({ '9': { inputs: { images: ['1', 0] } } })
    expect(Object.keys(convert(drawn))).toEqual(['1', '9'])
  })

  it('pass links on by name: Get and Set nodes', () => {
    const set = node(2, 'SetNode', { in: { IMAGE: 1 }, out: ['*'], values: ['shared'] })
    const get = node(3, 'GetNode', { out: ['IMAGE'], values: ['shared'] })
    const drawn = workflow(
      [picture(1), set, get, save],
      [
        [1, 1, 0, 2, 0],
        [9, 3, 0, 9, 0],
      ],
    )
    expect(convert(drawn)['9']?.inputs['images']).toEqual(['1', 0])
  })

  it('pass links on by name into subgraphs: Get and Set nodes', () => {
    const set = node(2, 'SetNode', { in: { IMAGE: 1 }, out: ['*'], values: ['shared'] })
    const inside = subgraph(
      'inside',
      [node(5, 'GetNode', { out: ['IMAGE'], values: ['shared'] })],
      [[1, 5, 0, -20, 0]],
      { out: ['IMAGE'] },
    )
    const host = node(3, 'inside', { out: ['IMAGE'] })
    const drawn = workflow(
      [picture(1), set, host, save],
      [
        [1, 1, 0, 2, 0],
        [9, 3, 0, 9, 0],
      ],
      [inside],
    )
    expect(convert(drawn)['9']?.inputs['images']).toEqual(['1', 0])
  })

  it('feed nothing where nothing is set under that name', () => {
    const get = node(3, 'GetNode', { out: ['IMAGE'], values: ['nobody'] })
    expect(convert(workflow([get, save], [[9, 3, 0, 9, 0]]))['9']?.inputs).toEqual({ filename_prefix: 'out' })
  })
})

describe('primitive nodes', () => {
  const primitive = (value: unknown) =>
    workflow(
      [
        node(1, 'PrimitiveNode', { out: ['INT'], values: [value, 'fixed'] }),
        node(2, 'Size', { in: { width: 1 }, widgets: ['width'], values: [72] }),
      ],
      [[1, 1, 0, 2, 0]],
    )

  it('write their value into the widget that they are linked to', () => {
    expect(convert(primitive(128))).toEqual({
      '2': { class_type: 'Size', inputs: { width: 128 }, _meta: { title: 'The Size' } },
    })
  })

  it.each([
    [4, 16],
    [5000, 1024],
    [130, 128],
    ['48', 48],
  ])('fit %j into the range and steps of the widget: %j', (held, sent) => {
    expect(convert(primitive(held))['2']?.inputs).toEqual({ width: sent })
  })
})
