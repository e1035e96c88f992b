import { describe, expect, it } from 'vitest'
import { findPorts } from '../../src/ports/find-ports.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { validateWorkflow } from '../../src/validate/validate-workflow.ts'
import { chain, cutGroup, cutNode, picture, turn, turnNode } from '../parity/groups/shared-groups.ts'
import { group, member, node, workflow } from '../parity/groups/draw-groups.ts'
import { groupDefinitions } from '../prompt/support/group-definitions.ts'

const definitions = Object.fromEntries(
  Object.entries(groupDefinitions).map(([name, one]) => [name, { ...one, output_node: name === 'SaveImage' }]),
)

describe('a workflow with group nodes', () => {
  it('is checked as what they become, and a fault inside is told with its place', () => {
    const drawn = chain(cutNode([-200, 20, 1, 2]), { cut: cutGroup() })
    expect(validateWorkflow(drawn, definitions).findings).toMatchObject([
      { code: 'VALUE_BELOW_MIN', node: '6:4', path: 'extra.groupNodes["cut"].nodes[0]' },
    ])
  })

  it('lacks types only where the file does not hold the group, or the server a class inside', () => {
    const codes = (groups: Record<string, unknown>) =>
      validateWorkflow(chain(turnNode, groups), definitions)
        .findings.filter(({ code }) => code === 'NODE_TYPE_MISSING')
        .map(({ node: id }) => id)
    expect(codes({ turn })).toEqual([])
    expect(codes({})).toEqual(['2'])
    expect(codes({ turn: { ...turn, nodes: [...turn.nodes, member('Lost', [], { in: 'image:IMAGE' })] } })).toEqual([])
    const lost = member('Lost', [], { in: 'image:IMAGE', out: 'IMAGE' })
    expect(codes({ turn: group([lost], []) })).toEqual(['5:4'])
  })

  it('is a circle where a group contains itself', () => {
    const turns = group([member('workflow>turn', [], { in: 'image:IMAGE', out: 'IMAGE' })], [])
    expect(validateWorkflow(chain(turnNode, { turn: turns }), definitions).findings).toMatchObject([{ code: 'CYCLE' }])
  })

  it('has the ports that lie in its groups', () => {
    const port = member('DiscomfortPort', ['side', ''], { in: 'value:*', out: '*' })
    const cut = member('ImageCrop', [50, 60, 3, 4], { converted: 'width:INT' })
    const drawn = workflow(
      [
        picture,
        node(2, 'workflow>open', ['side', ''], { in: 'value:* image:IMAGE', out: 'IMAGE' }),
        node(3, 'SaveImage', ['out']),
      ],
      [
        [1, 0, 2, 1, 'IMAGE'],
        [2, 0, 3, 0, 'IMAGE'],
      ],
      { open: group([port, cut], [[0, 0, 1, 1, 'INT']]) },
    )
    expect(findPorts(compileWorkflow(drawn, definitions), definitions).inputs).toMatchObject([
      { uniqueId: 'side', node: '6:4', targets: [{ node: '6:5', input: 'width', type: 'INT' }] },
    ])
  })
})
