import { describe, expect, it } from 'vitest'
import { discoverPorts } from '../../src/stitch/discover-ports.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { findPorts } from '../../src/ports/find-ports.ts'
import { definitions } from '../prompt/support/definitions.ts'
import { node, subgraph, workflow } from '../prompt/support/draw.ts'
import { failure } from '../support/failure.ts'

const port = (id: number, uniqueId: string, link: number | null = null, more = {}) =>
  node(id, 'DiscomfortPort', { in: { value: link }, out: ['*'], values: [uniqueId, 'a, b'], title: `Port ${id}`, ...more }) // prettier-ignore

const drawn = workflow(
  [
    port(9, 'out', 3),
    node(2, 'Blend', { in: { first: 1, second: 2 }, out: ['IMAGE'], values: [0.5] }),
    port(1, 'in'),
    port(3, 'between', 4),
    node(4, 'Picture', { out: ['IMAGE'], values: ['a.png'] }),
    port(5, 'muted', 5, { mode: 2 }),
    port(6, 'alone'),
  ],
  [
    [1, 1, 0, 2, 0],
    [2, 3, 0, 2, 1],
    [3, 2, 0, 9, 0],
    [4, 4, 0, 3, 0],
    [5, 4, 0, 5, 0],
  ],
)

describe('the ports that are discovered', () => {
  it('have mode, id, title, tags and type, and the nodes an order in which they run', () => {
    const { inputs, outputs, passthrus, executionOrder } = discoverPorts(drawn, definitions)
    const common = { tags: ['a', 'b'], type: 'IMAGE' }
    expect(inputs).toEqual([{ node: '1', title: 'Port 1', mode: 'input', uniqueId: 'in', ...common }])
    expect(outputs).toEqual([{ node: '9', title: 'Port 9', mode: 'output', uniqueId: 'out', isList: false, ...common }])
    expect(passthrus).toEqual([{ node: '3', title: 'Port 3', mode: 'passthru', uniqueId: 'between', ...common }])
    expect(executionOrder).toEqual(['1', '4', '3', '2', '6', '9'])
  })

  it('are those that a run finds', () => {
    const found = discoverPorts(drawn, definitions)
    const compiled = compileWorkflow(drawn, definitions)
    const ports = findPorts(compiled, definitions)
    expect(found.inputs).toMatchObject(ports.inputs.map(({ targets: _targets, ...port }) => port))
    expect(found).toEqual(discoverPorts(compiled.prompt, definitions))
  })

  it('count inside subgraphs, with what stands on the other side of the border', () => {
    const inside = subgraph(
      'S',
      [port(7, 'deep', 21), node(8, 'Blend', { in: { first: 22, second: 23 }, out: ['IMAGE'] }), port(10, 'second')],
      [
        [21, 8, 0, 7, 0],
        [22, -10, 0, 8, 0],
        [23, 10, 0, 8, 1],
      ],
      { in: { picture: [22] } },
    )
    const around = workflow([port(1, 'in'), node(2, 'S', { in: { picture: 1 } })], [[1, 1, 0, 2, 0]], [inside])
    const { inputs, outputs } = discoverPorts(around, definitions)
    expect(inputs.map((one) => [one.node, one.uniqueId, one.type])).toEqual([
      ['1', 'in', 'IMAGE'],
      ['2:10', 'second', 'IMAGE'],
    ])
    expect(outputs).toMatchObject([{ node: '2:7', uniqueId: 'deep', type: 'IMAGE' }])
  })

  it('have the types that the drawing saved where no definitions are given', () => {
    const { inputs, outputs } = discoverPorts(
      workflow(
        [
          port(1, 'in'),
          {
            ...node(2, 'Unheard', { out: ['LATENT'] }),
            inputs: [{ name: 'model', type: 'MODEL', link: 1 }],
          },
          port(3, 'out', 2),
        ],
        [
          [1, 1, 0, 2, 0],
          [2, 2, 0, 3, 0],
        ],
      ),
    )
    expect(inputs).toMatchObject([{ uniqueId: 'in', type: 'MODEL' }])
    expect(outputs).toMatchObject([{ uniqueId: 'out', type: 'LATENT' }])
  })

  it('are none in a circle, which names both ends', async () => {
    const ring = workflow(
      [
        node(1, 'Blend', { in: { first: 2 }, out: ['IMAGE'], title: 'One' }),
        node(2, 'Blend', { in: { first: 1 }, out: ['IMAGE'], title: 'Other' }),
      ],
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 1, 0],
      ],
    )
    const { message, details } = await failure('WORKFLOW_CYCLE', () => discoverPorts(ring, definitions))
    expect(message).toContain('"One" (node 1) needs what "Other" (node 2) gives')
    expect(details).toEqual({ nodes: ['1', '2'] })
  })

  it('refuse what is no workflow', async () => {
    await failure('WORKFLOW_INVALID', () => discoverPorts({ nodes: 1 } as never))
  })
})
