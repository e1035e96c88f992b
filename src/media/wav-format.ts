/** How the samples of a WAV file lie in it. */
export interface WavFormat {
  readonly coding: 'integer' | 'float'
  readonly bits: number
  readonly channels: number
  /** In Hz. */
  readonly sampleRate: number
}

/** The codes of WAV files; `extensible` says that the real one comes later in the header. */
export const CODINGS = { integer: 1, float: 3, extensible: 0xfffe } as const
