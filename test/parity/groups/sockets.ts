import type { Workflow } from '../../../src/workflow/document.ts'
import { group, member, node, workflow } from './draw-groups.ts'
import {
  loader,
  decode,
  save,
  scale,
  sampler,
  turn,
  samplerNode,
  samplerLinks,
  picture,
  chain,
  turnNode,
} from './shared-groups.ts'

/** Links and sockets of groups. */
export const socketCases: Readonly<Record<string, Workflow>> = {
  'a sampler': workflow([loader, samplerNode(2), decode, save], samplerLinks, { sampler }),
  'a sampler with the older separator': workflow(
    [loader, samplerNode(2, 'workflow/sampler'), decode, save],
    samplerLinks,
    { sampler },
  ),
  'a picture': chain(turnNode, { turn }),
  'two nodes of one group': workflow(
    [
      picture,
      turnNode,
      node(3, 'workflow>turn', ['bicubic', 10, 20, 'center'], { in: 'image:IMAGE', out: 'IMAGE' }),
      node(4, 'SaveImage', ['out']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [3, 0, 4, 0, 'IMAGE'],
    ],
    { turn },
  ),
  'muted and bypassed nodes inside': chain(
    node(2, 'workflow>mixed', [...scale, 'area', 1, 2, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      mixed: group(
        [
          member('ImageInvert', [], { mode: 4 }),
          member('ImageScale', scale),
          member('ImageScale', scale, { mode: 4 }),
          member('Note', ['hello']),
        ],
        [
          [0, 0, 1, 0, 'IMAGE'],
          [1, 0, 2, 0, 'IMAGE'],
        ],
      ),
    },
  ),
  'names and hidden sockets': chain(
    node(2, 'workflow>named', ['area', 100, 200, 'disabled', 0.25, 'normal'], {
      in: 'start:IMAGE image1:IMAGE',
      out: 'IMAGE inverted',
    }),
    {
      named: group(
        [
          member('ImageInvert'),
          member('ImageScale', scale, { title: 'Scale it' }),
          member('ImageBlend', [0.5, 'multiply']),
        ],
        [[0, 0, 1, 0, 'IMAGE']],
        {
          config: {
            0: { input: { image: { name: 'start' } }, output: { 0: { visible: true, name: 'inverted' } } },
            1: { input: { width: { name: 'wide' }, crop: { visible: false } } },
            2: { input: { image2: { visible: false } } },
          },
        },
      ),
    },
    0,
  ),
  'an output that is used inside and outside': chain(
    node(2, 'workflow>both', ['area', 100, 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE IMAGE' }),
    {
      both: group([member('ImageInvert'), member('ImageScale', scale)], [[0, 0, 1, 0, 'IMAGE']], {
        external: [[0, 0, 'IMAGE']],
      }),
    },
    0,
  ),
  'reroutes inside': chain(
    node(2, 'workflow>piped', ['area', 100, 200, 'disabled'], { in: 'IMAGE:IMAGE', out: 'IMAGE' }),
    {
      piped: group(
        [member('Reroute'), member('ImageScale', scale), member('Reroute')],
        [
          [0, 0, 1, 0, 'IMAGE'],
          [1, 0, 2, 0, 'IMAGE'],
        ],
      ),
    },
  ),
  'a reroute between nodes inside': chain(
    node(2, 'workflow>piped', ['area', 100, 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' }),
    {
      piped: group(
        [member('ImageInvert'), member('Reroute'), member('ImageScale', scale)],
        [
          [0, 0, 1, 0, 'IMAGE'],
          [1, 0, 2, 0, 'IMAGE'],
        ],
      ),
    },
  ),
  'a reroute before the group': workflow(
    [picture, node(5, 'Reroute'), turnNode, node(3, 'SaveImage', ['out'])],
    [
      [1, 0, 5, 0, 'IMAGE'],
      [5, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
    ],
    { turn },
  ),
  'a loader and loras': workflow(
    [
      node(2, 'workflow>loaders', ['tiny_sd3.ckpt', 'tiny_sd3_lora.safetensors', 0.5, 0.25], { out: 'VAE MODEL CLIP' }),
      samplerNode(3),
      node(4, 'VAEDecode'),
      node(5, 'SaveImage', ['out']),
    ],
    [
      [2, 2, 3, 0, 'CLIP'],
      [2, 2, 3, 1, 'CLIP'],
      [2, 1, 3, 2, 'MODEL'],
      [3, 0, 4, 0, 'LATENT'],
      [2, 0, 4, 1, 'VAE'],
      [4, 0, 5, 0, 'IMAGE'],
    ],
    {
      loaders: group(
        [
          member('CheckpointLoaderSimple', ['tiny_sd3.ckpt']),
          member('LoraLoader', ['tiny_sd3_lora.safetensors', 1, 1]),
        ],
        [
          [0, 0, 1, 0, 'MODEL'],
          [0, 1, 1, 1, 'CLIP'],
        ],
      ),
      sampler,
    },
  ),
  'two samplers inside, with two seeds': workflow(
    [
      loader,
      node(
        2,
        'workflow>twice',
        [1, 'fixed', 2, 3, 'euler', 'simple', 0.5, 4, 'increment', 5, 6, 'heun', 'karras', 0.75],
        {
          in: 'model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT KSampler+model:MODEL KSampler+positive:CONDITIONING KSampler+negative:CONDITIONING',
          out: 'LATENT',
        },
      ),
      node(3, 'CLIPTextEncode', ['x']),
      node(6, 'EmptyLatentImage', [512, 512, 1]),
      node(7, 'VAEDecode'),
      node(8, 'SaveImage', ['out']),
    ],
    [
      [1, 1, 3, 0, 'CLIP'],
      [1, 0, 2, 0, 'MODEL'],
      [3, 0, 2, 1, 'CONDITIONING'],
      [3, 0, 2, 2, 'CONDITIONING'],
      [6, 0, 2, 3, 'LATENT'],
      [1, 0, 2, 4, 'MODEL'],
      [3, 0, 2, 5, 'CONDITIONING'],
      [3, 0, 2, 6, 'CONDITIONING'],
      [2, 0, 7, 0, 'LATENT'],
      [1, 2, 7, 1, 'VAE'],
      [7, 0, 8, 0, 'IMAGE'],
    ],
    {
      twice: group(
        [
          member('KSampler', [1, 'fixed', 20, 8, 'euler', 'simple', 1]),
          member('KSampler', [1, 'fixed', 20, 8, 'euler', 'simple', 1]),
        ],
        [[0, 0, 1, 3, 'LATENT']],
      ),
    },
  ),
  'a group node that feeds many': workflow(
    [
      picture,
      turnNode,
      node(3, 'SaveImage', ['out']),
      node(4, 'SaveImage', ['other']),
      node(5, 'ImageBlend', [0.5, 'normal']),
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 3, 0, 'IMAGE'],
      [2, 0, 5, 0, 'IMAGE'],
      [2, 0, 5, 1, 'IMAGE'],
      [5, 0, 4, 0, 'IMAGE'],
    ],
    { turn },
  ),
  'a reroute as a pipe': chain(
    node(2, 'workflow>pipe', [], { in: 'IMAGE:IMAGE image:IMAGE', out: 'IMAGE Reroute+IMAGE' }),
    { pipe: group([member('Reroute'), member('ImageInvert')], [], { external: [[0, 0, 'IMAGE']] }) },
  ),
  'a list of nodes whose ids are out of order': workflow(
    [
      node(30, 'SaveImage', ['out']),
      node(20, 'workflow>turn', ['bicubic', 10, 20, 'center'], { in: 'image:IMAGE', out: 'IMAGE' }),
      turnNode,
      picture,
    ],
    [
      [1, 0, 2, 0, 'IMAGE'],
      [2, 0, 20, 0, 'IMAGE'],
      [20, 0, 30, 0, 'IMAGE'],
    ],
    { turn },
    { last_node_id: 7 },
  ),
  'a loader of pictures inside': workflow(
    [
      node(2, 'workflow>load', ['other.png', 'image', 10, 20, 1, 2], { out: 'MASK IMAGE' }),
      node(3, 'SaveImage', ['out']),
    ],
    [[2, 1, 3, 0, 'IMAGE']],
    {
      load: group(
        [member('LoadImage', ['example.png', 'image']), member('ImageCrop', [50, 60, 3, 4])],
        [[0, 0, 1, 0, 'IMAGE']],
      ),
    },
  ),
}
