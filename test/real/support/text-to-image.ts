import { node, port } from './prompts.ts'

/** Loads a tiny model and gives its parts. */
export const load = {
  1: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
  2: port('model', ['1', 0]),
  3: port('clip', ['1', 1]),
  4: port('vae', ['1', 2]),
}

/** What a sampler takes beside its links. */
export const sampler = {
  seed: 7,
  steps: 3,
  cfg: 4.5,
  sampler_name: 'euler',
  scheduler: 'normal',
  denoise: 1,
}

/** Makes a picture of a latent. */
export const decode = {
  1: port('latent'),
  2: port('vae'),
  3: node('VAEDecode', { samples: ['1', 0], vae: ['2', 0] }),
  4: port('image', ['3', 0]),
}
