import type { SubgraphDefinition, Workflow, WorkflowNode } from '../../../src/workflow/document.ts'
import { group, member, node, workflow } from './draw-groups.ts'
import { scale, turn, picture, chain, turnNode } from './shared-groups.ts'

/** A subgraph around one node with a picture as input and output. */
function subgraph(id: string, inner: WorkflowNode): SubgraphDefinition {
  return {
    id,
    version: 1,
    name: 'Sub',
    state: { lastNodeId: Number(inner.id), lastLinkId: 12, lastGroupId: 0, lastRerouteId: 0 },
    revision: 0,
    config: {},
    inputNode: { id: -10, bounding: [0, 0, 100, 100] },
    outputNode: { id: -20, bounding: [0, 0, 100, 100] },
    inputs: [{ id: `2${id.slice(1)}`, name: 'image', type: 'IMAGE', linkIds: [11], pos: [0, 0] }],
    outputs: [{ id: `3${id.slice(1)}`, name: 'IMAGE', type: 'IMAGE', linkIds: [12], pos: [0, 0] }],
    widgets: [],
    nodes: [inner],
    groups: [],
    links: [
      { id: 11, origin_id: -10, origin_slot: 0, target_id: inner.id, target_slot: 0, type: 'IMAGE' },
      { id: 12, origin_id: inner.id, origin_slot: 0, target_id: -20, target_slot: 0, type: 'IMAGE' },
    ],
  }
}

/** Groups that are off, in other groups, damaged or not there, and odd values. */
export const stateCases: Readonly<Record<string, Workflow>> = {
  'a muted group node': chain({ ...turnNode, mode: 2 }, { turn }),
  'a bypassed group node': chain({ ...turnNode, mode: 4 }, { turn }),
  'a titled group node': chain({ ...turnNode, title: 'My turn' }, { turn }),
  'a group in a group': chain(
    node(2, 'workflow>outer', ['area', 100, 200, 'disabled', 'bilinear', 7, 8, 'center'], {
      in: 'image:IMAGE',
      out: 'IMAGE',
    }),
    {
      turn,
      outer: group(
        [
          member('workflow>turn', ['area', 100, 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
          member('ImageScale', scale),
        ],
        [[0, 0, 1, 0, 'IMAGE']],
      ),
    },
  ),
  'a group in a subgraph': workflow(
    [
      picture,
      node(2, '11111111-1111-4111-8111-111111111111', [], { in: 'image:IMAGE', out: 'IMAGE' }),
      node(3, 'SaveImage', ['out']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
    ],
    { turn },
    {
      definitions: {
        subgraphs: [
          subgraph('11111111-1111-4111-8111-111111111111', {
            ...turnNode,
            id: 10,
            inputs: [{ name: 'image', type: 'IMAGE', link: 11 }],
            outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [12] }],
          }),
        ],
      },
    },
  ),
  'a group without instances': workflow([picture, node(2, 'PreviewImage')], [[1, 0, 2, 0, 'IMAGE']], { turn }),
  'values as an object': chain(
    { ...turnNode, widgets_values: { upscale_method: 'area', width: 100, height: 200, crop: 'disabled' } },
    { turn },
  ),
  'too few values': chain({ ...turnNode, widgets_values: ['area', 100] }, { turn }),
  'no values': chain({ ...turnNode, widgets_values: [] }, { turn }),
  'values that the class lost': chain({ ...turnNode, widgets_values: ['gone', 100, 200, 'disabled'] }, { turn }),
  'a choice that the page cannot know': chain({ ...turnNode, widgets_values: [null, 100, 200, 'disabled'] }, { turn }),
  'a class that is not there inside': chain(turnNode, {
    turn: group(
      [member('ImageInvert'), member('NoSuchClass', [], { in: 'image:IMAGE', out: 'IMAGE' })],
      [[0, 0, 1, 0, 'IMAGE']],
    ),
  }),
  'a group that is not there': chain(turnNode, { other: turn }),
  'links that lead nowhere inside': chain(turnNode, {
    turn: group(
      [member('ImageInvert'), member('ImageScale', scale)],
      [
        [0, 0, 1, 0, 'IMAGE'],
        [0, 0, 7, 0, 'IMAGE'],
        [9, 0, 1, 0, 'IMAGE'],
        [0, 5, 1, 0, 'IMAGE'],
        [0, 0, 1, 44, 'IMAGE'],
      ],
    ),
  }),
  'no list of outside links': chain(turnNode, { turn: { nodes: turn.nodes, links: turn.links } }),
  'a link from outside in the list of links': chain(turnNode, {
    turn: { ...turn, links: [[null, 0, 0, 0, 1, 'IMAGE'], ...turn.links] },
  }),
  'a group beside a subgraph whose ids are taken': workflow(
    [
      picture,
      turnNode,
      node(3, '41111111-1111-4111-8111-111111111111', [], { in: 'image:IMAGE', out: 'IMAGE' }),
      node(4, 'SaveImage', ['out']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [3, 0, 4, 0, 'IMAGE'],
    ],
    { turn },
    {
      definitions: {
        subgraphs: [
          subgraph('41111111-1111-4111-8111-111111111111', {
            ...node(2, 'ImageInvert'),
            inputs: [{ name: 'image', type: 'IMAGE', link: 11 }],
            outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [12] }],
          }),
        ],
      },
    },
  ),
}
