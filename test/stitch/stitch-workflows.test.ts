import { describe, expect, it } from 'vitest'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import { stitchWorkflows } from '../../src/stitch/stitch-workflows.ts'
import type { LinkTuple, Workflow, WorkflowNode } from '../../src/workflow/document.ts'
import { definitions } from '../prompt/support/definitions.ts'
import { drawInPlaces, type Placed } from '../prompt/support/draw-in-places.ts'
import { node, subgraph, workflow } from '../prompt/support/draw.ts'
import { failure } from '../support/failure.ts'
import { meaning, port } from './support/meaning.ts'

const uuid = '5b1ff1f0-58f0-4a4e-9a7b-1c5a3e3d0002'
const make = workflow(
  [node(1, 'Picture', { out: ['IMAGE'], values: ['a.png'], title: 'made' }), port(2, 'image', 1)],
  [[1, 1, 0, 2, 0]],
)
const blend = workflow(
  [
    port(1, 'image'),
    port(2, 'other'),
    node(3, 'Blend', { in: { first: 1, second: 2 }, out: ['IMAGE'], values: [0.5], title: 'blend' }),
    port(4, 'image', 3),
  ],
  [
    [1, 1, 0, 3, 0],
    [2, 2, 0, 3, 1],
    [3, 3, 0, 4, 0],
  ],
)
const save = workflow(
  [port(1, 'image'), node(2, 'SaveImage', { in: { images: 1 }, values: ['x'], title: 'saved' })],
  [[1, 1, 0, 2, 0]],
)
const stitch = (parts: readonly Workflow[], options = {}) =>
  stitchWorkflows(parts, { nodeDefinitions: definitions, ...options })
const convert = (drawn: Workflow) => meaning(workflowToPrompt(drawn, definitions).prompt)

describe('stitched workflows', () => {
  it('lead what an OUTPUT port gives to the INPUT ports of its id behind it', () => {
    const { workflow: drawn, inputs, outputs, executionOrder } = stitch([make, blend, save])
    expect(convert(drawn)).toEqual({
      'OUTPUT image': 'blend.0',
      made: { class_type: 'Picture', inputs: { image: 'a.png', note: '' } },
      blend: { class_type: 'Blend', inputs: { first: 'made.0', second: 'port other', amount: 0.5 } },
      saved: { class_type: 'SaveImage', inputs: { images: 'blend.0', filename_prefix: 'x' } },
    })
    expect(inputs).toMatchObject([{ uniqueId: 'other', node: '4', type: 'IMAGE', mode: 'input' }])
    expect(outputs).toMatchObject([{ uniqueId: 'image', node: '6', type: 'IMAGE', mode: 'output' }])
    expect(executionOrder.indexOf('1')).toBeLessThan(executionOrder.indexOf('5'))
  })

  it('keep joined INPUT ports as PASSTHRU where their id means one place, or put links there', () => {
    const kept = stitch([make, save])
    expect(kept.passthrus).toMatchObject([{ uniqueId: 'image', node: '3' }])
    const direct = stitch([make, save], { deleteInputPorts: 'joined' })
    expect(direct.passthrus).toEqual([])
    expect(direct.workflow.nodes.map(({ type }) => type)).toEqual(['Picture', 'DiscomfortPort', 'SaveImage'])
    expect(convert(direct.workflow)).toEqual(convert(kept.workflow))
    expect(stitch([make, blend, save]).passthrus).toEqual([])
  })

  it('take ports away as they are told', () => {
    const joined = stitch([make, blend, save], { deleteInputPorts: 'joined', deleteOutputPorts: 'joined' })
    expect([joined.inputs.length, joined.outputs]).toEqual([1, []])
    const none = stitch([make, blend, save], { deleteInputPorts: true, deleteOutputPorts: true })
    expect([none.inputs, none.outputs, none.passthrus]).toEqual([[], [], []])
    expect(convert(none.workflow)['blend']).toEqual({ class_type: 'Blend', inputs: { first: 'made.0', amount: 0.5 } })
  })

  it('make one of INPUT ports of one id that stay open, where they may', () => {
    const two = stitch([save, save])
    expect(two.inputs.map((one) => one.uniqueId)).toEqual(['image', 'image'])
    const one = stitch([save, save], { deleteInputPorts: 'joined' })
    expect(one.inputs.map(({ uniqueId }) => uniqueId)).toEqual(['image'])
    expect(one.workflow.links).toHaveLength(2)
  })

  it('lead values out of and into subgraphs, of which a port gets its own copy', () => {
    const outside = workflow(
      [node(1, uuid), node(2, uuid, { mode: 2 })],
      [],
      [subgraph(uuid, make.nodes, [[1, 1, 0, 2, 0]])],
    )
    const inside = workflow([node(1, uuid), node(2, uuid)], [], [subgraph(uuid, save.nodes, [[1, 1, 0, 2, 0]])])
    const { workflow: drawn, inputs } = stitch([outside, inside])
    expect(inputs).toEqual([])
    const { prompt } = workflowToPrompt(drawn, definitions)
    const saved = Object.values(prompt).filter(({ class_type }) => class_type === 'SaveImage')
    expect(saved).toHaveLength(2)
    expect(convert(drawn)['saved']).toMatchObject({ inputs: { images: 'made.0' } })
    expect(drawn.definitions?.subgraphs?.map(({ id }) => id)).toEqual([
      uuid,
      '5b1ff1f0-58f0-4a4e-9a7b-1c5a3e3d0003',
      '5b1ff1f0-58f0-4a4e-9a7b-1c5a3e3d0004',
      '5b1ff1f0-58f0-4a4e-9a7b-1c5a3e3d0005',
    ])
  })

  it('take what a bypassed node gives to the border of the subgraph around a port', () => {
    const at = (drawn: WorkflowNode, ...place: string[]): Placed => ({ node: drawn, place })
    const [mask, image, led] = [at(port(1, 'mask')), at(port(2, 'image')), at(port(3, 'led'), 'around')]
    const mix = node(4, 'Mix', { in: { mask: null, image: null }, out: ['IMAGE', 'MASK'], mode: 4 })
    const typed = mix.inputs?.map((input) => ({ ...input, type: input.name.toUpperCase() }))
    const bypassed = at({ ...mix, inputs: typed })
    const through = drawInPlaces(
      [mask, image, led, bypassed],
      [
        { from: mask, slot: 0, to: bypassed, at: 0 },
        { from: image, slot: 0, to: bypassed, at: 1 },
        { from: bypassed, slot: 0, to: led, at: 0 },
      ],
    )
    const take = workflow([port(1, 'led'), node(2, 'SaveImage', { in: { images: 1 }, title: 'saved' })], [[1, 1, 0, 2, 0]]) // prettier-ignore
    const images = (parts: readonly Workflow[], options = {}) =>
      convert(stitch(parts, options).workflow)['saved'] as { inputs: { images: string } }
    expect(images([through, take]).inputs.images).toBe('port image')
    expect(images([make, through, take]).inputs.images).toBe('made.0')
    expect(images([make, through, take], { deleteInputPorts: 'joined' }).inputs.images).toBe('made.0')
  })

  it('share subgraphs of one id and content, and rename those of one id alone', () => {
    const using = (file: string) =>
      workflow(
        [node(1, uuid), port(2, `from ${file}`, 1)],
        [[1, 1, 0, 2, 0]],
        [
          {
            ...subgraph(uuid, [node(5, 'Picture', { out: ['IMAGE'], values: [file] })], [[1, 5, 0, -20, 0]]),
            outputs: [{ name: 'IMAGE', type: 'IMAGE', linkIds: [1] }],
          },
        ],
      )
    expect(stitch([using('a.png'), using('a.png')], { deleteOutputPorts: true }).workflow.definitions?.subgraphs).toHaveLength(1) // prettier-ignore
    const { workflow: drawn } = stitch([using('a.png'), using('b.png')])
    expect(drawn.definitions?.subgraphs).toHaveLength(2)
    const { prompt } = workflowToPrompt(drawn, definitions)
    expect(Object.values(prompt).map(({ inputs }) => inputs['image'])).toEqual(
      expect.arrayContaining(['a.png', 'b.png']),
    )
  })

  it('lie side by side, each in a group with its name, with groups and native reroutes moved along', () => {
    const placed = (drawn: Workflow, more = {}): Workflow => ({
      ...drawn,
      nodes: drawn.nodes.map((one, at) => ({ ...one, pos: [300 * at, 50], size: [200, 100] })),
      ...more,
    })
    const bent = {
      groups: [{ id: 1, title: 'inner', bounding: [0, 40, 200, 120] }],
      extra: { ds: { scale: 1 }, linkExtensions: [{ id: 1, parentId: 1 }], reroutes: [{ id: 1, pos: [250, 60], linkIds: [1] }] }, // prettier-ignore
    }
    const { workflow: drawn } = stitch([placed(make, bent), placed(save, bent)], { names: ['make', 'save'] })
    expect(drawn.nodes.map(({ pos }) => pos)).toEqual([[0, 50], [300, 50], [700, 50], [1000, 50]]) // prettier-ignore
    expect(drawn.groups).toMatchObject([
      { id: 1, title: 'inner', bounding: [0, 40, 200, 120] },
      { id: 2, title: 'inner', bounding: [700, 40, 200, 120] },
      { id: 3, title: 'make', bounding: [-40, -60, 580, 260] },
      { id: 4, title: 'save', bounding: [660, -60, 580, 260] },
    ])
    expect(drawn.extra).toMatchObject({
      linkExtensions: [
        { id: 1, parentId: 1 },
        { id: 2, parentId: 2 },
      ],
      reroutes: [
        { id: 1, pos: [250, 60], linkIds: [1] },
        { id: 2, pos: [950, 60], linkIds: [2] },
      ],
    })
    expect(drawn).toMatchObject({ last_node_id: 4, last_link_id: 3, version: 0.4 })
  })

  it('keep what names of files and Get nodes speak of', () => {
    const speaking = (seed: number) =>
      workflow(
        [
          node(1, 'Sample', { values: [seed, 20, 8, 'fast', true], properties: { 'Node name for S&R': 'Sample' } }),
          node(2, 'Picture', { out: ['IMAGE'], values: ['a.png'], title: `made ${seed}` }),
          node(3, 'SetNode', { in: { value: 1 }, values: ['it'], title: 'Set_it' }),
          node(4, 'GetNode', { out: ['IMAGE'], values: ['it'] }),
          node(5, 'SaveImage', { in: { images: 2 }, values: ['%Sample.seed%'], title: `save ${seed}` }),
        ],
        [
          [1, 2, 0, 3, 0],
          [2, 4, 0, 5, 0],
        ],
      )
    const { workflow: drawn } = stitch([speaking(1), speaking(2)])
    const said = convert(drawn)
    expect(said['save 1']).toMatchObject({ inputs: { images: 'made 1.0', filename_prefix: '1' } })
    expect(said['save 2']).toMatchObject({ inputs: { images: 'made 2.0', filename_prefix: '2' } })
    expect(drawn.nodes.map(({ title }) => title)).toContain('Set_it (2)')
  })

  it('say in sockets and links the same', () => {
    const { workflow: drawn } = stitch([make, blend, save])
    for (const link of (drawn.links ?? []) as readonly LinkTuple[]) {
      const [id, from, slot, to, at] = link
      expect(drawn.nodes.find((one) => one.id === from)?.outputs?.[Number(slot)]?.links).toContain(id)
      expect(drawn.nodes.find((one) => one.id === to)?.inputs?.[Number(at)]?.link).toBe(id)
    }
  })

  it('are not changed themselves', () => {
    const before = structuredClone([make, blend, save])
    stitch([make, blend, save], { deleteInputPorts: true, deleteOutputPorts: true })
    expect([make, blend, save]).toEqual(before)
  })
})

describe('workflows that cannot be stitched', () => {
  it('name both ends where types do not fit', async () => {
    const latent = workflow([node(1, 'Size', { out: ['LATENT'], values: [64] }), port(2, 'image', 1)], [[1, 1, 0, 2, 0]]) // prettier-ignore
    const { message, details } = await failure('PORT_TYPE_MISMATCH', () => stitch([latent, save], { names: ['a.json', 'b.json'] })) // prettier-ignore
    expect(message).toContain('OUTPUT port "image" of a.json ("image", node 2) gives LATENT')
    expect(message).toContain('in b.json ("image", node 1) takes IMAGE')
    expect(details).toEqual({ uniqueId: 'image', expected: 'IMAGE', found: 'LATENT', node: '1' })
    const { message: open } = await failure('PORT_TYPE_MISMATCH', () =>
      stitch([save, workflow([port(1, 'image'), node(2, 'Keep', { in: { samples: 1 } })], [[1, 1, 0, 2, 0]])]),
    )
    expect(open).toContain('INPUT port "image" of Workflow 1')
    expect(open).toContain('in Workflow 2')
  })

  it('name both ends of a circle', async () => {
    const ring = workflow(
      [
        node(1, 'Blend', { in: { first: 2 }, out: ['IMAGE'], title: 'one' }),
        node(2, 'Blend', { in: { first: 1 }, out: ['IMAGE'], title: 'other' }),
      ],
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 1, 0],
      ],
    )
    const { message } = await failure('WORKFLOW_CYCLE', () => stitch([make, ring], { names: ['a.json', 'ring.json'] }))
    expect(message).toContain('"one" (node 3 of the result, from ring.json) needs what "other" (node 4')
  })

  it('are told: a prompt, none at all, and ports in group nodes', async () => {
    const { prompt } = workflowToPrompt(make, definitions)
    const { message } = await failure('WORKFLOW_INVALID', () => stitch([prompt as never], { names: ['p.json'] }))
    expect(message).toContain('p.json is a prompt ("API format")')
    await failure('WORKFLOW_INVALID', () => stitch([]))
    const grouped: Workflow = {
      ...workflow([node(1, 'workflow>g', { values: ['image', '', 'x'] })], []),
      extra: { groupNodes: { g: { nodes: [{ ...port(0, 'image'), index: 0 }, { ...node(1, 'SaveImage', { in: { images: null }, values: ['x'] }), index: 1 }], links: [[0, 0, 1, 0, 1, 'IMAGE']], external: [] } } }, // prettier-ignore
    }
    const { message: inGroup } = await failure('WORKFLOW_INVALID', () => stitch([make, grouped]))
    expect(inGroup).toContain('Convert the group node into a subgraph')
  })
})
