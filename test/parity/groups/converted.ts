import type { Workflow } from '../../../src/workflow/document.ts'
import { group, member, node, workflow } from './draw-groups.ts'
import { loader, scale, samplerNode, picture, inner } from './shared-groups.ts'

/** Widgets that were converted to inputs, inside of groups and on their nodes. */
export const convertedCases: Readonly<Record<string, Workflow>> = {
  'widgets that were converted to inputs': workflow(
    [
      loader,
      samplerNode(2, 'workflow>converted', {
        in: 'clip:CLIP',
        converted: 'text:STRING stop_at_clip_layer:INT',
        out: 'CONDITIONING',
      }),
      node(3, 'PrimitiveNode', ['from outside'], { out: 'STRING', widget: 'text' }),
      node(4, 'PrimitiveInt', [-3, 'fixed']),
      node(5, 'KSampler', [1, 'fixed', 20, 8, 'euler', 'simple', 1]),
      node(6, 'EmptyLatentImage', [512, 512, 1]),
      node(7, 'VAEDecode'),
      node(8, 'SaveImage', ['out']),
    ],
    [
      [1, 1, 2, 0, 'CLIP'],
      [3, 0, 2, 1, 'STRING'],
      [4, 0, 2, 2, 'INT'],
      [1, 0, 5, 0, 'MODEL'],
      [2, 0, 5, 1, 'CONDITIONING'],
      [2, 0, 5, 2, 'CONDITIONING'],
      [6, 0, 5, 3, 'LATENT'],
      [5, 0, 7, 0, 'LATENT'],
      [1, 2, 7, 1, 'VAE'],
      [7, 0, 8, 0, 'IMAGE'],
    ],
    {
      converted: group(
        [
          member('CLIPSetLastLayer', [-1], { converted: 'stop_at_clip_layer:INT' }),
          member('CLIPTextEncode', ['inside'], { converted: 'text:STRING' }),
        ],
        [[0, 0, 1, 0, 'CLIP']],
      ),
    },
  ),
  'a widget that was converted beside others': workflow(
    [
      picture,
      node(2, 'workflow>wide', ['area', 200, 'disabled', 100], {
        in: 'image:IMAGE',
        converted: 'width:INT',
        out: 'IMAGE',
      }),
      node(3, 'PrimitiveInt', [333, 'fixed']),
      node(4, 'SaveImage', ['out']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [3, 0, 2, 1, 'INT'],
      [2, 0, 4, 0, 'IMAGE'],
    ],
    {
      wide: group(
        [member('ImageInvert'), member('ImageScale', scale, { converted: 'width:INT' })],
        [[0, 0, 1, 0, 'IMAGE']],
      ),
    },
  ),
  'sockets of all widgets, as newer versions saved them': workflow(
    [
      picture,
      node(2, 'workflow>turn', ['area', 100, 200, 'disabled'], {
        in: 'image:IMAGE',
        converted: 'upscale_method:COMBO width:INT height:INT crop:COMBO',
        out: 'IMAGE',
      }),
      node(3, 'PrimitiveInt', [333, 'fixed']),
      node(4, 'SaveImage', ['out']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [3, 0, 2, 3, 'INT'],
      [2, 0, 4, 0, 'IMAGE'],
    ],
    {
      turn: group(
        [
          member('ImageInvert'),
          member('ImageScale', scale, { converted: 'upscale_method:COMBO width:INT height:INT crop:COMBO' }),
        ],
        [[0, 0, 1, 0, 'IMAGE']],
      ),
    },
  ),
  'links into two converted widgets beside others': workflow(
    [
      picture,
      node(2, 'workflow>sized', ['area', 'disabled', 100, 200], {
        in: 'image:IMAGE',
        converted: 'width:INT height:INT',
        out: 'IMAGE',
      }),
      node(3, 'SaveImage', ['out']),
      node(4, 'PrimitiveInt', [333, 'fixed']),
      node(5, 'PrimitiveInt', [444, 'fixed']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [4, 0, 2, 1, 'INT'],
      [5, 0, 2, 2, 'INT'],
    ],
    {
      sized: group(
        [member('ImageScale', scale, { converted: 'width:INT height:INT' }), member('ImageInvert')],
        [[0, 0, 1, 0, 'IMAGE']],
      ),
    },
  ),
  'links into three converted widgets beside one': workflow(
    [
      picture,
      node(2, 'workflow>sized', ['area', 100, 200, 'disabled'], {
        in: 'image:IMAGE',
        converted: 'width:INT height:INT crop:COMBO',
        out: 'IMAGE',
      }),
      node(3, 'SaveImage', ['out']),
      node(4, 'PrimitiveInt', [333, 'fixed']),
      node(5, 'PrimitiveInt', [444, 'fixed']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [4, 0, 2, 1, 'INT'],
      [5, 0, 2, 2, 'INT'],
    ],
    {
      sized: group(
        [member('ImageScale', scale, { converted: 'width:INT height:INT crop:COMBO' }), member('ImageInvert')],
        [[0, 0, 1, 0, 'IMAGE']],
      ),
    },
  ),
  'two samplers after each other, with seeds outside': workflow(
    [
      loader,
      node(2, 'workflow>seeds', [2, 3, 'euler', 'simple', 0.5, 9, 'fixed'], {
        in: 'model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT',
        converted: 'seed:INT',
        out: 'LATENT',
      }),
      node(3, 'CLIPTextEncode', ['x']),
      node(6, 'EmptyLatentImage', [512, 512, 1]),
      node(7, 'VAEDecode'),
      node(8, 'SaveImage', ['out']),
      node(9, 'PrimitiveInt', [333, 'fixed']),
    ],
    [
      [1, 1, 3, 0, 'CLIP'],
      [1, 0, 2, 0, 'MODEL'],
      [3, 0, 2, 1, 'CONDITIONING'],
      [3, 0, 2, 2, 'CONDITIONING'],
      [6, 0, 2, 3, 'LATENT'],
      [2, 0, 7, 0, 'LATENT'],
      [1, 2, 7, 1, 'VAE'],
      [7, 0, 8, 0, 'IMAGE'],
      [9, 0, 2, 4, 'INT'],
    ],
    { seeds: group([member('KSampler', inner, { converted: 'seed:INT' }), member('Note', ['x'])], []) },
  ),
}
