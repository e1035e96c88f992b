/**
 * Types that ComfyUI's own nodes define as objects which live in the server: they go by reference. All others are tried
 * as data first.
 */
export const referenceTypes = [
  'MODEL',
  'CLIP',
  'VAE',
  'CONDITIONING',
  'CONTROL_NET',
  'CLIP_VISION',
  'STYLE_MODEL',
  'UPSCALE_MODEL',
  'LATENT_UPSCALE_MODEL',
  'GUIDER',
  'SAMPLER',
  'NOISE',
  'GLIGEN',
  'HOOKS',
  'HOOK_KEYFRAMES',
  'PHOTOMAKER',
  'LORA_MODEL',
  'MODEL_PATCH',
  'AUDIO_ENCODER',
  'LATENT_OPERATION',
  'TIMESTEPS_RANGE',
  'WAN_CAMERA_EMBEDDING',
  'FACE_ANALYSIS',
  'LOSS_MAP',
] as const

const known: ReadonlySet<string> = new Set(referenceTypes)

/** Whether values of a ComfyUI type go by reference where nothing else is said. */
export function isReferenceType(type: string): boolean {
  return known.has(type)
}
