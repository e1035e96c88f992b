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
const convert = (drawn: Workflow) => workflowToPrompt(drawn, definitions).prompt

describe('sockets that an option of a dynamic combo brings', () => {
  const linked = (option: string, sockets: Record<string, boolean>) => {
    const names = Object.entries(sockets)
    const edit = node(2, 'Edit', {
      in: Object.fromEntries(names.map(([name, isLinked], at) => [`model.images.${name}`, isLinked ? at : null])),
      values: [option],
    })
    const links = names.flatMap(([, isLinked], at) => (isLinked ? [[at, 1, 0, 2, at] as const] : []))
    const { model, ...inputs } = convert(workflow([node(1, 'Picture', { out: ['IMAGE'] }), edit], links))['2']!.inputs
    return Object.keys(inputs).map((name) => name.slice('model.images.'.length))
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
