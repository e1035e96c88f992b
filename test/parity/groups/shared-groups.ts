import type { Workflow } from '../../../src/workflow/document.ts'
import { group, member, node, workflow } from './draw-groups.ts'

export const loader = node(1, 'CheckpointLoaderSimple', ['tiny_sd3.ckpt'])
export const decode = node(3, 'VAEDecode')
export const save = node(4, 'SaveImage', ['out'])

const texts = [member('CLIPTextEncode', ['a']), member('CLIPTextEncode', ['b'])]
export const scale = ['nearest-exact', 640, 480, 'center']

/** Two prompts, a size and a sampler. */
export const sampler = group(
  [...texts, member('EmptyLatentImage', [512, 512, 1]), member('KSampler', [1, 'fixed', 20, 8, 'euler', 'simple', 1])],
  [
    [0, 0, 3, 1, 'CONDITIONING'],
    [1, 0, 3, 2, 'CONDITIONING'],
    [2, 0, 3, 3, 'LATENT'],
  ],
)
const samplerValues = ['red', 'blue', 256, 128, 2, 77, 'randomize', 12, 6.5, 'dpmpp_2m', 'karras', 0.8]
const samplerIn = 'clip:CLIP CLIPTextEncode+clip:CLIP model:MODEL'

/** A picture turned around and scaled. */
export const turn = group([member('ImageInvert'), member('ImageScale', scale)], [[0, 0, 1, 0, 'IMAGE']])

export function samplerNode(id: number, type = 'workflow>sampler', more: object = {}) {
  return node(id, type, samplerValues, { in: samplerIn, out: 'LATENT', ...more })
}

export const samplerLinks = [
  [1, 1, 2, 0, 'CLIP'],
  [1, 1, 2, 1, 'CLIP'],
  [1, 0, 2, 2, 'MODEL'],
  [2, 0, 3, 0, 'LATENT'],
  [1, 2, 3, 1, 'VAE'],
  [3, 0, 4, 0, 'IMAGE'],
] as const

export const picture = node(1, 'LoadImage', ['example.png', 'image'])

/** A chain: a picture, a group node, what saves it. */
export function chain(
  groupNode: ReturnType<typeof node>,
  groups: Readonly<Record<string, unknown>>,
  out = 0,
): Workflow {
  return workflow(
    [picture, { ...groupNode, id: 2 }, node(3, 'SaveImage', ['out'])],
    [
      ...(groupNode.inputs ?? [])
        .filter((socket) => !socket.widget)
        .map((_, slot) => [1, 0, 2, slot, 'IMAGE'] as const),
      [2, out, 3, 0, 'IMAGE'],
    ],
    groups,
  )
}

export const turnNode = node(2, 'workflow>turn', ['area', 100, 200, 'disabled'], { in: 'image:IMAGE', out: 'IMAGE' })

export const inner = [1, 'fixed', 20, 8, 'euler', 'simple', 1]
export const scaleSockets = 'upscale_method:COMBO width:INT height:INT crop:COMBO'

/** A sampler and what follows it, without prompts. */
export function samplerFor() {
  return [
    node(3, 'KSampler', inner),
    node(4, 'EmptyLatentImage', [512, 512, 1]),
    node(5, 'VAEDecode'),
    node(6, 'SaveImage', ['out']),
  ]
}
export const samplerForLinks = [
  [1, 0, 3, 0, 'MODEL'],
  [2, 0, 3, 1, 'CONDITIONING'],
  [2, 0, 3, 2, 'CONDITIONING'],
  [4, 0, 3, 3, 'LATENT'],
  [3, 0, 5, 0, 'LATENT'],
  [1, 2, 5, 1, 'VAE'],
  [5, 0, 6, 0, 'IMAGE'],
] as const

export function samplerWith(
  type: string,
  values: readonly unknown[],
  groups: Readonly<Record<string, unknown>>,
): Workflow {
  return workflow(
    [
      loader,
      node(2, type, values, {
        in: 'model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT',
        out: 'LATENT',
      }),
      node(3, 'CLIPTextEncode', ['x']),
      node(4, 'EmptyLatentImage', [512, 512, 1]),
      node(5, 'VAEDecode'),
      node(6, 'SaveImage', ['out']),
    ],
    [
      [1, 1, 3, 0, 'CLIP'],
      [1, 0, 2, 0, 'MODEL'],
      [3, 0, 2, 1, 'CONDITIONING'],
      [3, 0, 2, 2, 'CONDITIONING'],
      [4, 0, 2, 3, 'LATENT'],
      [2, 0, 5, 0, 'LATENT'],
      [1, 2, 5, 1, 'VAE'],
      [5, 0, 6, 0, 'IMAGE'],
    ],
    groups,
  )
}

/** A group that cuts a picture and inverts it. */
export function cutGroup(converted = '') {
  return group([member('ImageCrop', [50, 60, 3, 4], { converted }), member('ImageInvert')], [[0, 0, 1, 0, 'IMAGE']])
}

export function cutNode(values: readonly unknown[], converted = '') {
  return node(2, 'workflow>cut', values, { in: 'image:IMAGE', converted, out: 'IMAGE' })
}
