import type { Workflow } from '../../../src/workflow/document.ts'
import { group, member, node, workflow } from './draw-groups.ts'
import {
  loader,
  scale,
  picture,
  chain,
  inner,
  scaleSockets,
  samplerFor,
  samplerForLinks,
  samplerWith,
} from './shared-groups.ts'

/** Primitives outside and inside of groups. */
export const primitiveCases: Readonly<Record<string, Workflow>> = {
  'a primitive inside': chain(
    node(2, 'workflow>wide', [99, 'fixed', 'area', 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      wide: group(
        [
          member('PrimitiveNode', [640, 'fixed'], { out: 'INT', widget: 'width' }),
          member('ImageScale', scale, { converted: 'width:INT' }),
        ],
        [[0, 0, 1, 1, 'INT']],
      ),
    },
  ),
  'a titled primitive inside for two widgets': chain(
    node(2, 'workflow>wide', [99, 'fixed', 'area', 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      wide: group(
        [
          member('PrimitiveNode', [640, 'fixed'], { title: 'Side', out: 'INT', widget: 'width' }),
          member('ImageScale', scale, { converted: 'width:INT height:INT' }),
        ],
        [
          [0, 0, 1, 1, 'INT'],
          [0, 0, 1, 2, 'INT'],
        ],
      ),
    },
  ),
  'a primitive inside for a choice': chain(
    node(2, 'workflow>method', ['bicubic', 'fixed', '', 50, 60, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      method: group(
        [
          member('PrimitiveNode', ['area', 'fixed', ''], { out: 'COMBO', widget: 'upscale_method' }),
          member('ImageScale', scale, { converted: 'upscale_method:COMBO' }),
        ],
        [[0, 0, 1, 1, 'COMBO']],
      ),
    },
  ),
  'a primitive node of the server inside': chain(
    node(2, 'workflow>wide', [98, 'fixed', 'area', 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      wide: group(
        [member('PrimitiveInt', [640, 'fixed']), member('ImageScale', scale, { converted: 'width:INT' })],
        [[0, 0, 1, 1, 'INT']],
      ),
    },
  ),
  'a primitive inside for a seed': samplerWith('workflow>seeded', [5, 'increment', 12, 6.5, 'heun', 'karras', 0.75], {
    seeded: group(
      [
        member('PrimitiveNode', [640, 'fixed'], { out: 'INT', widget: 'seed' }),
        member('KSampler', inner, { converted: 'seed:INT' }),
      ],
      [[0, 0, 1, 4, 'INT']],
    ),
  }),
  'a primitive inside for a text': workflow(
    [loader, node(2, 'workflow>prompt', ['outer'], { in: 'clip:CLIP', out: 'CONDITIONING' }), ...samplerFor()],
    [[1, 1, 2, 0, 'CLIP'], ...samplerForLinks],
    {
      prompt: group(
        [
          member('PrimitiveNode', ['inner'], { out: 'STRING', widget: 'text' }),
          member('CLIPTextEncode', ['own'], { converted: 'text:STRING' }),
        ],
        [[0, 0, 1, 1, 'STRING']],
      ),
    },
  ),
  'a primitive inside, as newer versions saved it': chain(
    node(2, 'workflow>wide', [99, 'fixed', 'area', 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      wide: group(
        [
          member('PrimitiveNode', [640, 'fixed'], { out: 'INT', widget: 'width' }),
          member('ImageScale', scale, { converted: scaleSockets }),
        ],
        [[0, 0, 1, 2, 'INT']],
      ),
    },
  ),
  'a primitive inside for two widgets, as newer versions saved it': chain(
    node(2, 'workflow>wide', [99, 'fixed', 'area', 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      wide: group(
        [
          member('PrimitiveNode', [641, 'fixed'], { title: 'Side', out: 'INT', widget: 'width' }),
          member('ImageScale', scale, { converted: scaleSockets }),
        ],
        [
          [0, 0, 1, 2, 'INT'],
          [0, 0, 1, 3, 'INT'],
        ],
      ),
    },
  ),
  'a primitive inside for a choice of a newer class': workflow(
    [
      picture,
      node(2, 'workflow>mode', ['screen', 'fixed', '', 0.25], { in: 'image1:IMAGE image2:IMAGE', out: 'IMAGE' }),
      node(3, 'SaveImage', ['out']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [1, 0, 2, 1, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
    ],
    {
      mode: group(
        [
          member('PrimitiveNode', ['overlay', 'fixed', ''], { out: 'COMBO', widget: 'blend_mode' }),
          member('ImageBlend', [0.5, 'multiply'], { converted: 'blend_factor:FLOAT blend_mode:COMBO' }),
        ],
        [[0, 0, 1, 3, 'COMBO']],
      ),
    },
  ),
  'a primitive outside for a widget inside': workflow(
    [
      loader,
      node(2, 'workflow>prompt', ['outer'], { in: 'clip:CLIP', converted: 'text:STRING', out: 'CONDITIONING' }),
      ...samplerFor(),
      node(9, 'PrimitiveNode', ['far outside'], { out: 'STRING', widget: 'text' }),
    ],
    [[1, 1, 2, 0, 'CLIP'], ...samplerForLinks, [9, 0, 2, 1, 'STRING']],
    { prompt: group([member('CLIPTextEncode', ['own'], { converted: 'text:STRING' }), member('Note', ['x'])], []) },
  ),
}
