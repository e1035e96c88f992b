import type { Prompt } from '../../../../src/prompt/prompt.ts'
import { node, port } from '../../support/prompts.ts'
import { sampler } from '../../support/text-to-image.ts'

/** How often `TestCount` writes, and where: one line for each execution. */
export interface Counted {
  readonly file: string
  readonly line: string
}

/**
 * Samples with a tiny model from the INPUT port `seed`, and gives the latent at the OUTPUT port `latent`; `counted` has
 * each execution leave a line in a file.
 */
export function sampling(steps: number, counted?: Counted): Prompt {
  return {
    1: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
    2: node('CLIPTextEncode', { text: 'a red apple', clip: ['1', 1] }),
    3: node('EmptySD3LatentImage', { width: 64, height: 64, batch_size: 1 }),
    4: port('seed'),
    5: node('KSampler', {
      ...sampler,
      steps,
      seed: ['4', 0],
      model: ['1', 0],
      positive: ['2', 0],
      negative: ['2', 0],
      latent_image: ['3', 0],
    }),
    6: port('latent', [counted ? '7' : '5', 0]),
    ...(counted ? { 7: node('TestCount', { value: ['5', 0], file: counted.file, line: counted.line }) } : {}),
  }
}
