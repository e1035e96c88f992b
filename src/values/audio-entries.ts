import { isTensor, type Tensor } from './tensor.ts'
import { isTypedValue, typedValue } from './typed-value.ts'
import { describe, wrongType } from './wrong-type.ts'

/** An AUDIO as ComfyUI has it: `waveform` F32 [batch, channels, samples], `sample_rate` in Hz. */
export interface AudioEntries {
  readonly waveform: Tensor
  readonly sample_rate: number
  readonly [name: string]: unknown
}

const expected = 'AUDIO (with a float tensor "waveform" [batch, channels, samples] and a "sample_rate")'

/** Whether a value is the dict that ComfyUI has for an AUDIO. */
export function isAudioEntries(value: unknown): value is AudioEntries {
  if (typeof value !== 'object' || value === null) return false
  const { waveform, sample_rate: rate } = value as { waveform?: unknown; sample_rate?: unknown }
  if (!isTensor(waveform) || waveform.shape.length !== 3) return false
  return ['F32', 'F16', 'BF16', 'F64'].includes(waveform.dtype) && typeof rate === 'number' && rate > 0
}

/** The dict that a value for an AUDIO stands for. */
export function audioEntries(value: unknown, key: string | undefined): AudioEntries {
  const entries = isTypedValue(value) && value[typedValue].type === 'AUDIO' ? value[typedValue].value : value
  if (!isAudioEntries(entries)) throw wrongType(expected, describe(value), { key })
  return entries
}
