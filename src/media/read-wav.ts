import { corruptValue } from '../values/corrupt-value.ts'
import { CODINGS, type WavFormat } from './wav-format.ts'

/** The sound in a WAV file: single precision, one channel after the other. */
export interface WavSound {
  readonly sampleRate: number
  readonly channels: number
  readonly data: Float32Array
}

/**
 * Reads a WAV file: integers of 8, 16, 24 and 32 bits (divided by their range, so that -1 is the lowest), floats of 32
 * and 64 bits as they are.
 *
 * @param name names the file in errors.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT` where it is no WAV file, or one that is coded in another way.
 */
export function readWav(bytes: Uint8Array, name: string): WavSound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (textAt(view, 0) !== 'RIFF' || textAt(view, 8) !== 'WAVE')
    throw corruptValue(name, 'it is no WAV file (LoadAudio of ComfyUI reads other sounds)')
  let format: WavFormat | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    // A chunk that claims more than there is comes from a program that did not get to write its size.
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - at - 8)
    const chunk = new DataView(view.buffer, view.byteOffset + at + 8, size)
    if (textAt(view, at) === 'fmt ') format = readFormat(chunk, name)
    if (textAt(view, at) === 'data') return readData(chunk, format, name)
    at += 8 + size + (size % 2)
  }
  throw corruptValue(name, 'the WAV file has no sound in it')
}

function readFormat(chunk: DataView, name: string): WavFormat {
  if (chunk.byteLength < 16) throw corruptValue(name, 'the header of the WAV file is cut off')
  const told = chunk.getUint16(0, true)
  const code = told === CODINGS.extensible && chunk.byteLength >= 26 ? chunk.getUint16(24, true) : told
  const [channels, bits] = [chunk.getUint16(2, true), chunk.getUint16(14, true)]
  const coding = code === CODINGS.integer ? 'integer' : code === CODINGS.float ? 'float' : undefined
  const known = coding === 'integer' ? [8, 16, 24, 32] : coding === 'float' ? [32, 64] : []
  if (!coding || !known.includes(bits) || channels === 0) {
    throw corruptValue(name, `the WAV file is coded in a way that is not read here (code ${code}, ${bits} bits)`)
  }
  const sampleRate = chunk.getUint32(4, true)
  if (sampleRate === 0) throw corruptValue(name, 'the WAV file has 0 samples a second')
  return { coding, bits, channels, sampleRate }
}

function readData(chunk: DataView, format: WavFormat | undefined, name: string): WavSound {
  if (!format) throw corruptValue(name, 'the sound of the WAV file comes before its header')
  const { channels, bits, sampleRate } = format
  const width = bits / 8
  const length = Math.floor(chunk.byteLength / width / channels)
  const data = new Float32Array(length * channels)
  const read = reader(chunk, format)
  for (let sample = 0; sample < length; sample++) {
    for (let channel = 0; channel < channels; channel++) {
      data[channel * length + sample] = read((sample * channels + channel) * width)
    }
  }
  return { sampleRate, channels, data }
}

function reader(chunk: DataView, { coding, bits }: WavFormat): (at: number) => number {
  if (coding === 'float') return bits === 32 ? (at) => chunk.getFloat32(at, true) : (at) => chunk.getFloat64(at, true)
  if (bits === 8) return (at) => (chunk.getUint8(at) - 128) / 128
  if (bits === 16) return (at) => chunk.getInt16(at, true) / 2 ** 15
  if (bits === 24) return (at) => ((chunk.getInt8(at + 2) << 16) | chunk.getUint16(at, true)) / 2 ** 23
  return (at) => chunk.getInt32(at, true) / 2 ** 31
}

function textAt(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return ''
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4))
}
