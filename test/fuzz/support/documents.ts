import { readFileSync } from 'node:fs'
import { group, member, node, workflow } from '../../parity/groups/draw-groups.ts'
import { basePrompts } from '../../real/support/base-prompts.ts'

const inside = '0a0b0c0d-0000-4000-8000-000000000001'
const deeper = '0a0b0c0d-0000-4000-8000-000000000002'

/** The files that are damaged: workflows of the examples, one with everything that a drawing can hold, and prompts. */
export const documents: readonly unknown[] = [
  ...['attach/text-to-image', 'refine/assess', 'refine/improve', 'refine/make'].map(
    (name) => JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8')) as unknown,
  ),
  crowded(),
  grouped(),
  ...Object.values(basePrompts),
]

/** Group nodes of older versions, one in another, with a primitive, a reroute, and names of their own. */
function grouped(): unknown {
  const size = member('Size', [32], { converted: 'width:INT', out: 'LATENT' })
  const inner = group(
    [member('PrimitiveNode', [64, 'fixed'], { title: 'Wide', out: 'INT', widget: 'width' }), size, member('Reroute')],
    [
      [0, 0, 1, 0, 'INT'],
      [1, 0, 2, 0, 'LATENT'],
    ],
    { external: [[1, 0, 'LATENT']], config: { 1: { output: { 0: { visible: true, name: 'out' } } } } },
  )
  const sample = member('Sample', [5, 'fixed', 20, 8.5, 'fast', true], { in: 'model:MODEL cond:COND', out: 'LATENT' })
  const outer = group([member('workflow>inner', [48, 'fixed'], { out: 'LATENT LATENT' }), sample], [])
  const drawn = workflow(
    [
      node(1, 'Load', ['a.bin'], { out: 'MODEL CLIP' }),
      node(2, 'workflow>outer', [96, 'fixed', 7, 'increment', 10, 4.5, 'slow', false], {
        in: 'model:MODEL',
        out: 'LATENT LATENT LATENT',
      }),
      node(3, 'workflow/inner', [80], { out: 'LATENT LATENT', mode: 4 }),
      node(4, 'Keep', [], { in: 'samples:LATENT' }),
      node(5, 'Keep', [], { in: 'samples:LATENT' }),
    ],
    [
      [1, 0, 2, 0, 'MODEL'],
      [2, 2, 4, 0, 'LATENT'],
      [3, 1, 5, 0, 'LATENT'],
    ],
    { inner, outer },
  )
  return JSON.parse(JSON.stringify(drawn)) as unknown
}

/** Subgraphs in subgraphs with promoted widgets, reroutes, primitives, Get and Set nodes, muted and bypassed nodes, links of both forms. */
function crowded(): unknown {
  const socket = (name: string, type: string, link: number | null = null, widget?: string) => ({
    name,
    type,
    link,
    ...(widget === undefined ? {} : { widget: { name: widget } }),
  })
  const output = (type: string, ...links: number[]) => ({ name: type, type, links })
  return {
    version: 0.4,
    last_node_id: 30,
    last_link_id: 40,
    nodes: [
      {
        id: 1,
        type: 'Load',
        mode: 0,
        inputs: [],
        outputs: [output('MODEL', 1), output('CLIP', 2)],
        widgets_values: ['a.bin'],
        properties: { models: [{ name: 'a.bin', url: 'https://example.com/a', directory: 'checkpoints' }] },
      },
      {
        id: 2,
        type: inside,
        mode: 0,
        inputs: [socket('model', 'MODEL', 1), socket('text', 'STRING', null, 'text')],
        outputs: [output('LATENT', 3)],
        widgets_values: ['a {red|blue} car // comment', 7],
        properties: {
          proxyWidgets: [
            ['5', 'text'],
            ['6', 'seed'],
            ['-1', 'steps'],
          ],
        },
      },
      { id: 3, type: 'Reroute', mode: 0, inputs: [socket('', '*', 3)], outputs: [output('LATENT', 4)] },
      { id: 4, type: 'Keep', mode: 0, inputs: [socket('samples', 'LATENT', 4)], outputs: [] },
      {
        id: 5,
        type: 'PrimitiveNode',
        mode: 0,
        inputs: [],
        outputs: [{ name: 'INT', type: 'INT', links: [5], widget: { name: 'width' } }],
        widgets_values: [64, 'randomize'],
      },
      {
        id: 6,
        type: 'Size',
        mode: 4,
        inputs: [socket('width', 'INT', 5, 'width')],
        outputs: [output('LATENT', 6)],
        widgets_values: [32],
      },
      {
        id: 7,
        type: 'SetNode',
        mode: 0,
        inputs: [socket('LATENT', 'LATENT', 6)],
        outputs: [output('LATENT')],
        widgets_values: ['kept'],
      },
      { id: 8, type: 'GetNode', mode: 0, inputs: [], outputs: [output('LATENT', 7)], widgets_values: ['kept'] },
      { id: 9, type: 'Show', mode: 0, inputs: [socket('value', '*', 7)], outputs: [] },
      {
        id: 10,
        type: 'Picture',
        mode: 2,
        inputs: [],
        outputs: [output('IMAGE', 8)],
        widgets_values: { image: 'a.png', note: 'n' },
      },
      {
        id: 11,
        type: 'Batch',
        mode: 0,
        inputs: [socket('images.image0', 'IMAGE', 8), socket('images.image1', 'IMAGE')],
        outputs: [output('IMAGE', 9)],
      },
      {
        id: 12,
        type: 'Resize',
        mode: 0,
        inputs: [socket('image', 'IMAGE', 9), socket('kind.width', 'INT', null, 'kind.width')],
        outputs: [output('IMAGE', 10)],
        widgets_values: ['to size', 512, 256, 'area'],
      },
      {
        id: 13,
        type: 'SaveImage',
        mode: 0,
        title: 'Save %date:yyyy%',
        inputs: [socket('images', 'IMAGE', 10)],
        outputs: [],
        widgets_values: ['%Size.width%'],
      },
      {
        id: 14,
        type: 'DiscomfortPort',
        mode: 0,
        inputs: [socket('value', '*', 2)],
        outputs: [{ name: 'value', type: '*', links: [] }],
        widgets_values: ['clip', 'a, b'],
      },
      {
        id: 15,
        type: 'CustomCombo',
        mode: 0,
        inputs: [],
        outputs: [output('STRING', 11)],
        widgets_values: ['one', 0, 'one', 'two', ''],
      },
      { id: 16, type: 'Show', mode: 0, inputs: [socket('value', '*', 11)], outputs: [] },
      { id: 17, type: 'Note', mode: 0, inputs: [], outputs: [], widgets_values: ['a note'] },
      { id: 18, type: 'Unheard', mode: 0, inputs: [], outputs: [], properties: { cnr_id: 'a-pack' } },
    ],
    links: [
      [1, 1, 0, 2, 0, 'MODEL'],
      [2, 1, 1, 14, 0, 'CLIP'],
      [3, 2, 0, 3, 0, 'LATENT'],
      [4, 3, 0, 4, 0, 'LATENT'],
      [5, 5, 0, 6, 0, 'INT'],
      [6, 6, 0, 7, 0, 'LATENT'],
      [7, 8, 0, 9, 0, 'LATENT'],
      [8, 10, 0, 11, 0, 'IMAGE'],
      [9, 11, 0, 12, 0, 'IMAGE'],
      { id: 10, origin_id: 12, origin_slot: 0, target_id: 13, target_slot: 0, type: 'IMAGE' },
      [11, 15, 0, 16, 0, 'STRING'],
    ],
    extra: { reroutes: [{ id: 1, linkIds: [3] }], ds: { scale: 1, offset: [0, 0] } },
    definitions: {
      subgraphs: [
        {
          id: inside,
          name: 'Inside',
          inputs: [
            { name: 'model', type: 'MODEL', linkIds: [1] },
            { name: 'text', type: 'STRING', linkIds: [2] },
          ],
          outputs: [{ name: 'LATENT', type: 'LATENT', linkIds: [5] }],
          widgets: [],
          nodes: [
            {
              id: 5,
              type: 'Text',
              inputs: [socket('clip', 'CLIP'), socket('text', 'STRING', 2, 'text')],
              outputs: [output('COND', 3)],
              widgets_values: ['x'],
            },
            {
              id: 6,
              type: 'Sample',
              inputs: [socket('model', 'MODEL', 1), socket('cond', 'COND', 3)],
              outputs: [output('LATENT', 4)],
              widgets_values: [5, 'fixed', 20, 8.5, 'fast', true],
            },
            {
              id: 7,
              type: deeper,
              inputs: [socket('in', 'LATENT', 4)],
              outputs: [output('LATENT', 5)],
              properties: { proxyWidgets: [['8', 'width']] },
              widgets_values: [],
            },
          ],
          links: [
            { id: 1, origin_id: -10, origin_slot: 0, target_id: 6, target_slot: 0, type: 'MODEL' },
            { id: 2, origin_id: -10, origin_slot: 1, target_id: 5, target_slot: 1, type: 'STRING' },
            { id: 3, origin_id: 5, origin_slot: 0, target_id: 6, target_slot: 1, type: 'COND' },
            { id: 4, origin_id: 6, origin_slot: 0, target_id: 7, target_slot: 0, type: 'LATENT' },
            { id: 5, origin_id: 7, origin_slot: 0, target_id: -20, target_slot: 0, type: 'LATENT' },
          ],
        },
        {
          id: deeper,
          name: 'Deeper',
          inputs: [{ name: 'in', type: 'LATENT', linkIds: [1] }],
          outputs: [{ name: 'LATENT', type: 'LATENT', linkIds: [2] }],
          nodes: [
            { id: 8, type: 'Size', inputs: [], outputs: [output('LATENT', 2)], widgets_values: [48] },
            { id: 9, type: 'Keep', inputs: [socket('samples', 'LATENT', 1)], outputs: [] },
          ],
          links: [
            { id: 1, origin_id: -10, origin_slot: 0, target_id: 9, target_slot: 0, type: 'LATENT' },
            { id: 2, origin_id: 8, origin_slot: 0, target_id: -20, target_slot: 0, type: 'LATENT' },
          ],
        },
      ],
    },
  }
}
