import { frontendSince } from './frontend-version.ts'

/** Classes that ComfyUI's page calls by a name of its own, whatever the server says (page 1.47, in English). */
const olderTitles: ReadonlyMap<string, string> = new Map([
  ['LTXVConcatAVLatent', 'LTXVConcatAVLatent'],
  ['LTXVSeparateAVLatent', 'LTXVSeparateAVLatent'],
  ['MinimaxHailuoVideoNode', 'MiniMax Hailuo Video'],
  ['PrimitiveString', 'Text String (DEPRECATED)'],
  ['PrimitiveStringMultiline', 'Input Text'],
  ['RecraftImageToImageNode', 'Recraft Image to Image'],
  ['RecraftTextToImageNode', 'Recraft Text to Image'],
  ['RecraftTextToVectorNode', 'Recraft Text to Vector'],
])

/** The same of page 1.58. */
const newerTitles: ReadonlyMap<string, string> = new Map([
  ['EmptyCosmosLatentVideo', 'Empty Cosmos Latent Video'],
  ['EmptyHunyuanImageLatent', 'Empty Hunyuan Image Latent'],
  ['EmptyLTXVLatentVideo', 'Empty LTXV Latent Video'],
  ['EmptyLatentHunyuan3Dv2', 'Empty Hunyuan 3D v2 Latent'],
  ['StableCascade_EmptyLatentImage', 'Empty Stable Cascade Latent Image'],
  ['StableCascade_StageC_VAEEncode', 'Stable Cascade Stage C VAE Encode'],
  ['TextEncodeQwenImageEdit', 'Text Encode Qwen Image Edit'],
  ['TextEncodeQwenImageEditPlus', 'Text Encode Qwen Image Edit Plus'],
  ['VAEDecodeHunyuan3D', 'Hunyuan 3D VAE Decode'],
])

/** The page's own name for a class. A node without a title of its own gets it, and the prompt carries it. */
export function pageTitle(type: string, frontend: string | undefined): string | undefined {
  return (frontendSince(frontend, 1, 58) ? newerTitles : olderTitles).get(type)
}
