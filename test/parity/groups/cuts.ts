import type { Workflow } from '../../../src/workflow/document.ts'
import { group, member, node, workflow } from './draw-groups.ts'
import { picture, chain, cutGroup, cutNode } from './shared-groups.ts'

/** Groups whose classes have no choices in the older form: there both frontends do the same. */
export const cutCases: Readonly<Record<string, Workflow>> = {
  'a cut': chain(cutNode([10, 20, 1, 2]), { cut: cutGroup() }),
  'a cut whose width comes from outside': workflow(
    [
      picture,
      cutNode([20, 1, 2, 10], 'width:INT'),
      node(3, 'SaveImage', ['out']),
      node(4, 'PrimitiveInt', [333, 'fixed']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [4, 0, 2, 1, 'INT'],
    ],
    { cut: cutGroup('width:INT') },
  ),
  'a cut whose x and y come from outside': workflow(
    [
      picture,
      cutNode([10, 20, 1, 2], 'x:INT y:INT'),
      node(3, 'SaveImage', ['out']),
      node(4, 'PrimitiveInt', [333, 'fixed']),
      node(5, 'PrimitiveNode', [444, 'fixed'], { out: 'INT', widget: 'y' }),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [4, 0, 2, 1, 'INT'],
      [5, 0, 2, 2, 'INT'],
    ],
    { cut: cutGroup('x:INT y:INT') },
  ),
  'a cut whose three sizes come from outside': workflow(
    [
      picture,
      cutNode([10, 20, 1, 2], 'height:INT x:INT y:INT'),
      node(3, 'SaveImage', ['out']),
      node(4, 'PrimitiveInt', [333, 'fixed']),
      node(5, 'PrimitiveNode', [444, 'fixed'], { out: 'INT', widget: 'x' }),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [4, 0, 2, 1, 'INT'],
      [5, 0, 2, 2, 'INT'],
    ],
    { cut: cutGroup('height:INT x:INT y:INT') },
  ),
  'a cut with a primitive inside': chain(cutNode([99, 'fixed', 20, 1, 2]), {
    cut: group(
      [
        member('PrimitiveNode', [640, 'fixed'], { out: 'INT', widget: 'width' }),
        member('ImageCrop', [50, 60, 3, 4], { converted: 'width:INT' }),
        member('ImageInvert'),
      ],
      [
        [0, 0, 1, 1, 'INT'],
        [1, 0, 2, 0, 'IMAGE'],
      ],
    ),
  }),
  'a cut with a primitive inside for x and y': chain(cutNode([99, 'fixed', 10, 20]), {
    cut: group(
      [
        member('PrimitiveNode', [640, 'fixed'], { out: 'INT', widget: 'x' }),
        member('ImageCrop', [50, 60, 3, 4], { converted: 'x:INT y:INT' }),
        member('ImageInvert'),
      ],
      [
        [0, 0, 1, 1, 'INT'],
        [0, 0, 1, 2, 'INT'],
        [1, 0, 2, 0, 'IMAGE'],
      ],
    ),
  }),
  'a cut with a primitive inside, as newer versions saved it': chain(cutNode([99, 'fixed', 10, 20, 1], 'x:INT'), {
    cut: group(
      [
        member('PrimitiveNode', [640, 'fixed'], { title: 'Down', out: 'INT', widget: 'y' }),
        member('ImageCrop', [50, 60, 3, 4], { converted: 'width:INT height:INT x:INT y:INT' }),
        member('ImageInvert'),
      ],
      [
        [0, 0, 1, 4, 'INT'],
        [1, 0, 2, 0, 'IMAGE'],
      ],
    ),
  }),
  'a cut with numbers of the server inside': chain(cutNode([99, 'fixed', 20, 1, 2]), {
    cut: group(
      [
        member('PrimitiveInt', [640, 'fixed']),
        member('ImageCrop', [50, 60, 3, 4], { converted: 'width:INT' }),
        member('ImageInvert'),
      ],
      [
        [0, 0, 1, 1, 'INT'],
        [1, 0, 2, 0, 'IMAGE'],
      ],
    ),
  }),
  'a cut with a number for y inside': chain(cutNode([99, 'fixed', 10, 20, 1]), {
    cut: group(
      [
        member('PrimitiveInt', [640, 'fixed']),
        member('ImageCrop', [50, 60, 3, 4], { converted: 'y:INT' }),
        member('ImageInvert'),
      ],
      [
        [0, 0, 1, 1, 'INT'],
        [1, 0, 2, 0, 'IMAGE'],
      ],
    ),
  }),
  'two cuts inside with equal names': chain(
    node(2, 'workflow>cuts', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      cuts: group(
        [
          member('ImageCrop', [50, 60, 3, 4]),
          member('ImageCrop', [50, 60, 3, 4]),
          member('ImageCrop', [50, 60, 3, 4], { title: 'third' }),
        ],
        [
          [0, 0, 1, 0, 'IMAGE'],
          [1, 0, 2, 0, 'IMAGE'],
        ],
      ),
    },
  ),
  'a reroute with a pipe through a cut': chain(
    node(2, 'workflow>piped', [10, 20, 1, 2], { in: 'IMAGE:IMAGE', out: 'IMAGE' }),
    {
      piped: group(
        [member('Reroute'), member('ImageCrop', [50, 60, 3, 4]), member('Reroute')],
        [
          [0, 0, 1, 0, 'IMAGE'],
          [1, 0, 2, 0, 'IMAGE'],
        ],
      ),
    },
  ),
  'values and labels of a renamed cut': chain(cutNode([10, 20, 1, 2]), {
    cut: { ...cutGroup(), config: { 0: { input: { width: { name: 'wide' }, x: { visible: false } } } } },
  }),
  'a muted cut': chain({ ...cutNode([10, 20, 1, 2]), mode: 2 }, { cut: cutGroup() }),
  'a bypassed cut': chain({ ...cutNode([10, 20, 1, 2]), mode: 4 }, { cut: cutGroup() }),
}
