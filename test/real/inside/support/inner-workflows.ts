import type { Prompt } from '../../../../src/prompt/prompt.ts'
import { node, port } from '../../support/prompts.ts'

/** Workflows with ports for the nodes to run, by the names under which they are saved. */
export const innerWorkflows: Readonly<Record<string, Prompt>> = {
  'invert.json': {
    in: port('image'),
    invert: node('ImageInvert', { image: ['in', 0] }),
    out: port('image', ['invert', 0]),
  },
  // Half way to white, and how many rounds there were.
  'fade.json': {
    in: port('image'),
    white: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 0xffffff }),
    fade: node('ImageBlend', { image1: ['in', 0], image2: ['white', 0], blend_factor: 0.5, blend_mode: 'normal' }),
    out: port('image', ['fade', 0]),
  },
  'count.json': {
    in: port('number'),
    next: node('TestNext', { value: ['in', 0], most: 4 }),
    out: port('number', ['next', 0]),
    done: port('done', ['next', 1]),
  },
  'fail.json': {
    in: port('image'),
    fail: {
      ...node('TestFail', { message: 'the inner one broke', value: ['in', 0] }),
      _meta: { title: 'The breaking one' },
    },
    out: port('image', ['fail', 0]),
  },
  'slow.json': {
    in: port('seed'),
    slow: node('TestSlow', { steps: 10_000, seed: ['in', 0] }),
    out: port('seed', ['slow', 0]),
  },
  'encode.json': {
    clip: port('clip'),
    encode: node('CLIPTextEncode', { text: 'a pear', clip: ['clip', 0] }),
    out: port('conditioning', ['encode', 0]),
  },
  'sample.json': {
    model: port('model'),
    positive: port('positive'),
    latent: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
    sample: node('KSampler', {
      model: ['model', 0],
      positive: ['positive', 0],
      negative: ['positive', 0],
      latent_image: ['latent', 0],
      seed: 5,
      steps: 2,
      cfg: 4.5,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
    }),
    out: port('latent', ['sample', 0]),
  },
  // It runs itself.
  'circle.json': {
    in: port('image'),
    run: node('DiscomfortTestRunner', { workflow_path: 'circle.json', models: 'keep', input_0: ['in', 0] }),
    out: port('image', ['run', 0]),
  },
}
