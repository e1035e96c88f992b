/** What the page does to a file when it opens it, before anything is converted. */
import { describe, expect, it } from 'vitest'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { definitions as shared } from './support/definitions.ts'
import { node, subgraph, workflow } from './support/draw.ts'

const images = {
  images: [
    'COMFY_AUTOGROW_V3',
    { template: { input: { required: { image: ['IMAGE', {}] } }, names: ['one', 'two', 'three', 'four'], min: 1 } },
  ],
}
const options = [
  { key: 'many', inputs: { required: images } },
  { key: 'none', inputs: {} },
]
const definitions = {
  ...shared,
  Edit: { name: 'Edit', input: { required: { model: ['COMFY_DYNAMICCOMBO_V3', { options }] } }, output: ['IMAGE'] },
}
const convert = (drawn: Workflow, frontend?: string) => workflowToPrompt(drawn, definitions, { frontend }).prompt
const newer = '1.58.1'

describe('sockets that an option of a dynamic combo brings', () => {
  const linked = (option: string, sockets: Record<string, boolean>, frontend?: string) => {
    const names = Object.entries(sockets)
    const edit = node(2, 'Edit', {
      in: Object.fromEntries(names.map(([name, isLinked], at) => [`model.images.${name}`, isLinked ? at : null])),
      values: [option],
    })
    const links = names.flatMap(([, isLinked], at) => (isLinked ? [[at, 1, 0, 2, at] as const] : []))
    const inputs = convert(workflow([node(1, 'Picture', { out: ['IMAGE'] }), edit], links), frontend)['2']!.inputs
    return Object.keys(inputs).flatMap((name) => (name === 'model' ? [] : [name.slice('model.images.'.length)]))
  }

  it('keep their links', () => {
    expect(linked('many', { one: true, two: true, three: true })).toEqual(['one', 'two', 'three'])
  })

  it('go where another option is chosen, or one that the server does not know', () => {
    expect(linked('none', { one: true })).toEqual([])
    expect(linked('of next year', { one: true })).toEqual([])
  })

  it('go where the list has not grown as far', () => {
    expect(linked('many', { one: true, two: false, three: true })).toEqual(['one'])
    expect(linked('many', { one: false, two: false, three: true })).toEqual([])
  })

  it('lose and move links in newer frontends, where a link hangs on a place', () => {
    expect(linked('many', { one: true, two: true }, newer)).toEqual(['one', 'two'])
    expect(linked('many', { one: true, two: true, three: true }, newer)).toEqual(['one', 'two'])
    expect(linked('of next year', { one: true }, newer)).toEqual([])
  })

  it('go where the list has no such entry', () => {
    expect(linked('many', { one: true, two: true, three: true, four: true, five: true })).toHaveLength(4)
  })
})

it('an input of a subgraph has no widget where the class inside has none of that name', () => {
  const inner = subgraph(
    'inner',
    [
      node(1, 'Keep', { in: { added: 1 }, widgets: ['added'] }),
      node(2, 'Size', { in: { width: 2 }, widgets: ['width'], values: [16] }),
    ],
    [
      [1, -10, 0, 1, 0],
      [2, -10, 1, 2, 0],
    ],
    { in: { added: [1], width: [2] } },
  )
  const drawn = workflow([node(9, 'inner', { values: [80, 48] })], [], [inner])
  expect(convert(drawn)['9:2']?.inputs).toEqual({ width: 80 })
})

it('a new id for a node inside a subgraph follows the highest id that was seen until then', () => {
  const inside = subgraph('inside', [node(40, 'Size'), node(5, 'Load'), node(41, 'Text'), node(60, 'Keep')], [])
  const prompt = convert(workflow([node(5, 'inside')], [], [inside]))
  const classes = Object.entries(prompt).map(([id, { class_type }]) => [id, class_type])
  expect(Object.fromEntries(classes)).toEqual({ '5:40': 'Size', '5:41': 'Load', '5:42': 'Text', '5:60': 'Keep' })
})

it('the first versions wrote names of samplers with "sample_" before them', () => {
  const input = { required: { sampler_name: [['euler', 'lms']] } }
  const own = { KSampler: { name: 'KSampler', input, output: ['LATENT'] } }
  const { prompt } = workflowToPrompt(workflow([node(1, 'KSampler', { values: ['sample_lms'] })], []), own)
  expect(prompt['1']?.inputs).toEqual({ sampler_name: 'lms' })
})

it('values may be saved by their places', () => {
  const drawn = node(1, 'Sample', { values: { '0': 7, '1': 'fixed', '2': 12, '3': 5, '4': 'slow', '5': false } })
  expect(convert(workflow([drawn], []))['1']?.inputs).toEqual({
    seed: 7,
    steps: 12,
    cfg: 5,
    mode: 'slow',
    tiled: false,
  })
})

describe('where sockets and the table of links disagree', () => {
  const blend = (first: number | null, second: number | null) => node(3, 'Blend', { in: { first, second } })
  const pictures = [node(1, 'Picture', { out: ['IMAGE'] }), node(2, 'Picture', { out: ['IMAGE'] })]
  const inputs = (drawn: Workflow, frontend?: string) => convert(drawn, frontend)['3']?.inputs

  it('older frontends follow the sockets, newer ones the table', () => {
    const drawn = workflow([...pictures, blend(null, null)], [[1, 1, 0, 3, 0]])
    expect(inputs(drawn)).toEqual({ amount: 0.5 })
    expect(inputs(drawn, newer)).toEqual({ amount: 0.5, first: ['1', 0] })
  })

  it('a link keeps to the socket that names it, whatever place the table tells', () => {
    const drawn = workflow([...pictures, blend(null, 1)], [[1, 1, 0, 3, 0]])
    expect(inputs(drawn)).toEqual({ amount: 0.5, second: ['1', 0] })
    expect(inputs(drawn, newer)).toEqual({ amount: 0.5, second: ['1', 0] })
  })

  it('newer frontends leave one of two links into one place', () => {
    const drawn = workflow(
      [...pictures, blend(1, 2)],
      [
        [1, 1, 0, 3, 1],
        [2, 2, 0, 3, 1],
      ],
    )
    expect(inputs(drawn)).toEqual({ amount: 0.5, first: ['1', 0], second: ['2', 0] })
    expect(inputs(drawn, newer)).toEqual({ amount: 0.5, second: ['1', 0] })
  })
})

it('newer frontends drop the value of a primitive that was saved with the choices as its type', () => {
  const drawn = workflow(
    [
      node(1, 'PrimitiveNode', { out: ['fast,slow'], values: ['slow', 'fixed'] }),
      node(2, 'Sample', { in: { mode: 1 }, widgets: ['mode'], values: [1, 'fixed', 20, 8, 'fast', true] }),
    ],
    [[1, 1, 0, 2, 0]],
  )
  expect(convert(drawn)['2']?.inputs['mode']).toBe('slow')
  expect(convert(drawn, newer)['2']?.inputs['mode']).toBe('fast')
})

it('3D views send the camera that the workflow remembers, or that of a new view', () => {
  const view = { required: { viewport_state: ['LOAD_3D', {}], width: ['INT', {}], height: ['INT', {}] } }
  const own = { Preview3DAdvanced: { name: 'Preview3DAdvanced', input: view, output: [] } }
  const state = (properties: Record<string, unknown>) => {
    const drawn = node(1, 'Preview3DAdvanced', { values: ['', 200, 100], properties })
    return workflowToPrompt(workflow([drawn], []), own).prompt['1']?.inputs['viewport_state']
  }
  expect(state({})).toMatchObject({ camera_info: { fov: 35, aspect: 2 }, model_3d_info: [] })
  expect(state({ 'Camera Config': { state: { fov: 50 } } })).toMatchObject({ camera_info: { fov: 50 } })
})

it('a primitive that chooses an option anew lets lists of newer frontends begin anew, too', () => {
  const drawn = workflow(
    [
      node(1, 'Picture', { out: ['IMAGE'] }),
      node(3, 'PrimitiveNode', { out: ['COMFY_DYNAMICCOMBO_V3'], values: ['many'] }),
      node(2, 'Edit', {
        in: { model: 4, 'model.images.one': 1, 'model.images.two': 2, 'model.images.three': 3 },
        widgets: ['model'],
        values: ['many'],
      }),
    ],
    [[4, 3, 0, 2, 0], ...[1, 2, 3].map((link) => [link, 1, 0, 2, link] as const)],
  )
  expect(Object.keys(convert(drawn, newer)['2']?.inputs ?? {})).toEqual([
    'model',
    'model.images.one',
    'model.images.two',
  ])
})

it('behind a primitive for an upload button no primitive holds a value', () => {
  const drawn = workflow(
    [
      node(1, 'PrimitiveNode', { out: ['IMAGEUPLOAD'], values: ['image'] }),
      { ...node(2, 'Picture'), inputs: [{ name: 'upload', type: 'IMAGEUPLOAD', link: 1, widget: { name: 'upload' } }] },
      node(3, 'PrimitiveNode', { out: ['INT'], values: [96, 'fixed'] }),
      node(4, 'Size', { in: { width: 2 }, widgets: ['width'], values: [32] }),
    ],
    [
      [1, 1, 0, 2, 0],
      [2, 3, 0, 4, 0],
    ],
  )
  for (const frontend of ['1.47.12', newer]) expect(convert(drawn, frontend)['4']?.inputs).toEqual({ width: 32 })
})

describe('an output that takes the type of its input', () => {
  const match = ['COMFY_MATCHTYPE_V3', { template: { template_id: 't', allowed_types: 'IMAGE,MASK' } }]
  const own = {
    ...definitions,
    Same: {
      name: 'Same',
      input: { required: { input: match } },
      output: ['COMFY_MATCHTYPE_V3'],
      output_matchtypes: ['t'],
    },
  }
  const drawn = (saved: string) =>
    workflow(
      [
        node(1, 'Picture', { out: ['IMAGE'] }),
        node(2, 'Same', { in: { input: 1 }, out: [saved] }),
        { ...node(3, 'Keep'), inputs: [{ name: 'samples', type: 'LATENT', link: 2 }] },
        { ...node(4, 'Mix'), inputs: [{ name: 'image', type: 'IMAGE', link: 3 }] },
      ],
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 3, 0],
        [3, 2, 0, 4, 0],
      ],
    )

  it('loses the links that do not fit when it takes that type', () => {
    const { prompt } = workflowToPrompt(drawn('*'), own)
    expect(prompt['3']?.inputs).toEqual({})
    expect(prompt['4']?.inputs).toEqual({ image: ['2', 0] })
  })

  it('lets its inputs ask for that type in older frontends, so that a bypassed node hands on what fits', () => {
    const behind = workflow(
      [
        node(2, 'Number', { values: [3, 'fixed'], out: ['INT'] }),
        node(5, 'Load', { in: { file: 1 }, widgets: ['file'], values: ['a.bin'], out: ['MODEL', 'CLIP'], mode: 4 }),
        node(6, 'Same', { in: { input: 2 }, out: ['*'] }),
      ],
      [
        [1, 2, 0, 5, 0],
        [2, 5, 0, 6, 0],
      ],
    )
    expect(workflowToPrompt(behind, own).prompt['6']?.inputs).toEqual({})
    expect(workflowToPrompt(behind, own, { frontend: newer }).prompt['6']?.inputs).toEqual({ input: ['2', 0] })
  })

  it('keeps them where it has been saved with that type', () => {
    expect(workflowToPrompt(drawn('IMAGE'), own).prompt['3']?.inputs).toEqual({ samples: ['2', 0] })
  })
})

it('text fields of several lines hold text in newer frontends, whatever was saved', () => {
  const text = (value: unknown, frontend?: string) =>
    convert(workflow([node(1, 'Text', { values: [value] })], []), frontend)['1']?.inputs['text']
  expect([5, true, ['a', 'b']].map((value) => text(value, newer))).toEqual(['5', 'true', 'a,b'])
  expect(text(5)).toBe(5)
})

it('newer frontends write nothing into a widget inside for which nothing was saved', () => {
  const inner = subgraph('inner', [node(1, 'Size', { in: { width: null }, widgets: ['width'], values: [16] })], [])
  const host = node(9, 'inner', { values: [null], properties: { proxyWidgets: [['1', 'width']] } })
  expect(convert(workflow([host], [], [inner]))['9:1']?.inputs).toEqual({ width: 16 })
  expect(convert(workflow([host], [], [inner]), newer)['9:1']?.inputs).toEqual({ width: null })
})
