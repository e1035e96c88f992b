import type { OwnValidators } from './validate-options.ts'

/** The classes of ComfyUI 0.30.0 and of our pack that check inputs themselves: for servers that cannot tell. */
export const coreValidators: OwnValidators = {
  LoadImage: ['image'],
  LoadImageMask: ['image'],
  LoadImageOutput: ['image'],
  LoadLatent: ['latent'],
  WebcamCapture: ['image'],
  LoadAudio: ['audio'],
  LoadVideo: ['file'],
  Load3D: ['model_file', '*'],
  Load3DAdvanced: ['model_file', '*'],
  CustomCombo: ['choice', 'index', '*'],
  SelectModelDevice: ['device'],
  SelectCLIPDevice: ['device'],
  SelectVAEDevice: ['device'],
  FluxProUltraImageNode: ['aspect_ratio'],
  KlingCameraControls: ['horizontal_movement', 'vertical_movement', 'pan', 'tilt', 'roll', 'zoom'],
  TripoConversionNode: ['input_types'],
  DiscomfortContextLoader: ['version'],
}

/** What one class checks itself. */
export interface OwnChecks {
  /** Range and choices of this input are the node's to judge. */
  takesOver: (input: string) => boolean
  /** So are the types of its links. */
  readonly judgesLinks: boolean
  /** The inputs that it names. */
  readonly named: readonly string[]
}

const none: OwnChecks = { takesOver: () => false, judgesLinks: false, named: [] }

/** What a class checks itself, by what the server told or else by what is known of its core classes. */
export function ownChecks(classType: string, told: OwnValidators = coreValidators): OwnChecks {
  const named = Object.hasOwn(told, classType) ? told[classType] : undefined
  if (!named) return none
  const all = named.includes('*')
  return {
    takesOver: (input) => all || named.includes(input),
    judgesLinks: named.includes('input_types'),
    named: named.filter((name) => name !== '*' && name !== 'input_types'),
  }
}
