import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'

const int = (value: number, more = {}) => ['INT', { default: value, min: -100, max: 16384, ...more }] as const
const float = (value: number) => ['FLOAT', { default: value }] as const
const scalers = [['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']] as const

/** The classes of the workflows with group nodes, with the inputs that ComfyUI gives them. */
export const groupDefinitions: NodeDefinitions = Object.fromEntries(
  Object.entries({
    CheckpointLoaderSimple: [{ ckpt_name: [['tiny_sd3.ckpt']] }, ['MODEL', 'CLIP', 'VAE']],
    CLIPTextEncode: [
      { text: ['STRING', { multiline: true, dynamicPrompts: true }], clip: ['CLIP', {}] },
      ['CONDITIONING'],
    ],
    EmptyLatentImage: [{ width: int(512), height: int(512), batch_size: int(1) }, ['LATENT']],
    ImageBlend: [
      {
        image1: ['IMAGE', {}],
        image2: ['IMAGE', {}],
        blend_factor: float(0.5),
        blend_mode: ['COMBO', { options: ['normal', 'multiply', 'screen'] }],
      },
      ['IMAGE'],
    ],
    ImageCrop: [{ image: ['IMAGE', {}], width: int(512), height: int(512), x: int(0), y: int(0) }, ['IMAGE']],
    ImageInvert: [{ image: ['IMAGE'] }, ['IMAGE']],
    ImageScale: [
      { image: ['IMAGE'], upscale_method: scalers, width: int(512), height: int(512), crop: [['disabled', 'center']] },
      ['IMAGE'],
    ],
    KSampler: [
      {
        model: ['MODEL', {}],
        seed: int(0, { control_after_generate: true }),
        steps: int(20),
        cfg: float(8),
        sampler_name: [['euler', 'heun', 'dpmpp_2m']],
        scheduler: [['simple', 'karras']],
        positive: ['CONDITIONING', {}],
        negative: ['CONDITIONING', {}],
        latent_image: ['LATENT', {}],
        denoise: float(1),
      },
      ['LATENT'],
    ],
    LoadImage: [{ image: [['example.png'], { image_upload: true }] }, ['IMAGE', 'MASK']],
    PrimitiveInt: [{ value: int(0, { control_after_generate: true }) }, ['INT']],
    SaveImage: [{ images: ['IMAGE', {}], filename_prefix: ['STRING', { default: 'ComfyUI' }] }, []],
    VAEDecode: [{ samples: ['LATENT', {}], vae: ['VAE', {}] }, ['IMAGE']],
  } as const).map(([name, [required, output]]) => [name, { name, input: { required }, output }]),
)
