import type { Prompt } from '../../../src/prompt/prompt.ts'
import { node } from './prompts.ts'

const sampling = { seed: 7, steps: 3, cfg: 4.5, sampler_name: 'euler', scheduler: 'normal' }
const models: Prompt = {
  model: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
  lora: node('LoraLoader', {
    model: ['model', 0],
    clip: ['model', 1],
    lora_name: 'tiny_sd3_lora.safetensors',
    strength_model: 0.5,
    strength_clip: 1,
  }),
  words: node('PrimitiveString', { value: 'a pear' }),
  silence: node('PrimitiveString', { value: '' }),
  positive: node('CLIPTextEncode', { clip: ['lora', 1], text: ['words', 0] }),
  negative: node('CLIPTextEncode', { clip: ['lora', 1], text: ['silence', 0] }),
}
const picture: Prompt = {
  color: node('EmptyImage', { width: 64, height: 64, batch_size: 2, color: 0x33_66_99 }),
  half: node('ImageScale', { image: ['color', 0], upscale_method: 'area', width: 64, height: 64, crop: 'disabled' }),
}
const decoded: Prompt = {
  image: node('VAEDecode', { samples: ['sampled', 0], vae: ['model', 2] }),
}

/** Workflows with real sampling, to be cut anywhere. The node `image` gives what is compared. */
export const cutGraphs: Readonly<Record<string, Prompt>> = {
  'text to image': {
    ...models,
    width: node('PrimitiveInt', { value: 64 }),
    empty: node('EmptyLatentImage', { width: ['width', 0], height: ['width', 0], batch_size: 1 }),
    sampled: node('KSampler', {
      model: ['lora', 0],
      positive: ['positive', 0],
      negative: ['negative', 0],
      latent_image: ['empty', 0],
      denoise: 1,
      ...sampling,
    }),
    ...decoded,
  },
  'image to image': {
    ...models,
    ...picture,
    // Ids as inside a subgraph.
    'sub:7': node('ImageInvert', { image: ['half', 0] }),
    'sub:8': node('VAEEncode', { pixels: ['sub:7', 0], vae: ['model', 2] }),
    strength: node('PrimitiveFloat', { value: 0.5 }),
    sampled: node('KSampler', {
      model: ['lora', 0],
      positive: ['positive', 0],
      negative: ['negative', 0],
      latent_image: ['sub:8', 0],
      denoise: ['strength', 0],
      ...sampling,
    }),
    ...decoded,
  },
  ControlNet: {
    ...models,
    ...picture,
    control: node('ControlNetLoader', { control_net_name: 'tiny_sd3_controlnet.safetensors' }),
    applied: node('ControlNetApplyAdvanced', {
      positive: ['positive', 0],
      negative: ['negative', 0],
      control_net: ['control', 0],
      image: ['half', 0],
      strength: 0.8,
      start_percent: 0,
      end_percent: 1,
      vae: ['model', 2],
    }),
    empty: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 2 }),
    sampled: node('KSampler', {
      model: ['lora', 0],
      positive: ['applied', 0],
      negative: ['applied', 1],
      latent_image: ['empty', 0],
      denoise: 1,
      ...sampling,
    }),
    ...decoded,
  },
  'a list': {
    ...picture,
    listed: node('ImageFromBatch', { image: ['half', 0], batch_index: 0, length: 1 }),
    split: node('RebatchImages', { images: ['half', 0], batch_size: 1 }),
    inverted: node('ImageInvert', { image: ['split', 0] }),
    blended: node('ImageBlend', {
      image1: ['inverted', 0],
      image2: ['listed', 0],
      blend_factor: 0.25,
      blend_mode: 'normal',
    }),
    image: node('RebatchImages', { images: ['blended', 0], batch_size: 2 }),
  },
  'a lazy switch': {
    ...picture,
    choose: node('PrimitiveBoolean', { value: true }),
    other: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 0 }),
    inverted: node('ImageInvert', { image: ['half', 0] }),
    switched: node('ComfySwitchNode', { switch: ['choose', 0], on_false: ['other', 0], on_true: ['inverted', 0] }),
    image: node('ImageScale', {
      image: ['switched', 0],
      upscale_method: 'bilinear',
      width: 32,
      height: 48,
      crop: 'center',
    }),
  },
}
