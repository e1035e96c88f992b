import { DiscomfortError } from '../errors.ts'
import { CODINGS } from './wav-format.ts'
import type { WavSound } from './read-wav.ts'

/** What a WAV file can hold at most: its sizes are 32 bits. */
const LIMIT = 2 ** 32 - 1

/**
 * A sound as a WAV file: floats of 32 bits, which lose nothing, or integers of 16 bits (cut to -1 to 1, rounded; a file
 * of 16 bits that was read is written the same).
 *
 * @throws {@link DiscomfortError} `VALUE_TOO_LARGE` beyond 4 GiB.
 */
export function writeWav({ data, channels, sampleRate }: WavSound, encoding: 'float32' | 'pcm16'): Uint8Array {
  const isFloat = encoding === 'float32'
  const width = isFloat ? 4 : 2
  const header = isFloat ? 58 : 44
  const size = header + data.length * width
  if (size > LIMIT) {
    const message = `The sound takes ${size} bytes, more than a WAV file holds. Write it in parts, or as .safetensors.`
    throw new DiscomfortError('VALUE_TOO_LARGE', message, { details: { bytes: size, limit: LIMIT } })
  }
  const view = new DataView(new ArrayBuffer(size))
  writeHeader(view, { header, width, channels, sampleRate, length: data.length / channels })
  const length = data.length / channels
  let at = header
  for (let sample = 0; sample < length; sample++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = data[channel * length + sample]!
      if (isFloat) view.setFloat32(at, value, true)
      else view.setInt16(at, toInt16(value), true)
      at += width
    }
  }
  return new Uint8Array(view.buffer)
}

function writeHeader(
  view: DataView,
  sound: { header: number; width: number; channels: number; sampleRate: number; length: number },
): void {
  const { header, width, channels, sampleRate, length } = sound
  const isFloat = width === 4
  const frame = width * channels
  text(view, 0, 'RIFF')
  view.setUint32(4, view.byteLength - 8, true)
  text(view, 8, 'WAVEfmt ')
  // Floats have an empty extension of the format and a chunk that tells the number of samples.
  view.setUint32(16, isFloat ? 18 : 16, true)
  view.setUint16(20, isFloat ? CODINGS.float : CODINGS.integer, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * frame, true)
  view.setUint16(32, frame, true)
  view.setUint16(34, width * 8, true)
  if (isFloat) {
    text(view, 38, 'fact')
    view.setUint32(42, 4, true)
    view.setUint32(46, length, true)
  }
  text(view, header - 8, 'data')
  view.setUint32(header - 4, length * frame, true)
}

function text(view: DataView, at: number, letters: string): void {
  for (let index = 0; index < letters.length; index++) view.setUint8(at + index, letters.charCodeAt(index))
}

function toInt16(value: number): number {
  const scaled = Math.round(value * 2 ** 15)
  return Number.isNaN(scaled) ? 0 : Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, scaled))
}
