import { placeFile } from '../image/place-file.ts'
import { readSource } from '../image/read-source.ts'
import { type AudioEntries, audioEntries } from '../values/audio-entries.ts'
import { loadTensors } from '../values/load-tensors.ts'
import { Tensor } from '../values/tensor.ts'
import { typedValue } from '../values/typed-value.ts'
import { copyRecord } from '../values/whole-floats.ts'
import { wrongType } from '../values/wrong-type.ts'
import { hasEnding, SOUND_ENDINGS } from './endings.ts'
import { readWav } from './read-wav.ts'
import { writeWav } from './write-wav.ts'

/** How {@link Audio.toFile} writes. */
export interface AudioFileOptions {
  /** Whether a file of that name is replaced (default true); if not, it is `EXPORT_EXISTS`. */
  overwrite?: boolean | undefined
  /** Which sound of a batch is written; needed where the batch holds more than one. */
  index?: number | undefined
  /** `'float32'` (default) loses nothing; `'pcm16'` is cut to -1 to 1 and rounded to 16 bits. */
  encoding?: 'float32' | 'pcm16' | undefined
}

/**
 * A ComfyUI AUDIO: a float tensor [batch, channels, samples], usually -1 to 1, and how many samples a second has. One
 * that comes out of a context is read from the store when its samples are asked for.
 *
 * @example
 * await context.save('voice', await Audio.open('voice.wav'))
 * await (await context.load('music', 'AUDIO')).toFile('music.wav')
 */
export class Audio {
  /** Every entry by the name that ComfyUI gives it (`waveform`, `sample_rate`). */
  readonly entries: AudioEntries

  private constructor(entries: AudioEntries) {
    this.entries = entries
  }

  /**
   * A sound over a tensor [batch, channels, samples] of F32 (or F16, BF16, F64), and its `sampleRate` in Hz.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` for any other tensor, or a rate that is no positive number.
   * @example
   * const second = Audio.from({ waveform: Tensor.from(new Float32Array(44_100), [1, 1, 44_100]), sampleRate: 44_100 })
   */
  static from({ waveform, sampleRate }: { readonly waveform: Tensor; readonly sampleRate: number }): Audio {
    return Audio.of({ waveform, sample_rate: sampleRate })
  }

  /** A sound of entries as ComfyUI names them. All are kept. @internal */
  static of(entries: AudioEntries): Audio {
    return new Audio(copyRecord(audioEntries(entries, undefined)) as AudioEntries)
  }

  /**
   * Opens a WAV file: integers of 8 to 32 bits, divided by their range as ComfyUI's LoadAudio does it, or floats of 32
   * or 64 bits. For other formats use LoadAudio in a workflow.
   *
   * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is no such file; `VALUE_CORRUPT` where it is no such WAV
   * file.
   * @example
   * const audio = await Audio.open('voice.wav')
   * console.log(audio.channels, audio.duration)
   */
  static async open(source: string | Uint8Array): Promise<Audio> {
    const { bytes, name } = await readSource(source, 'sound')
    const { data, channels, sampleRate } = readWav(bytes, name)
    return Audio.from({ waveform: Tensor.from(data, [1, channels, data.length / channels]), sampleRate })
  }

  /** The samples: F32 [batch, channels, samples]. */
  get waveform(): Tensor {
    return this.entries.waveform
  }

  /** Samples a second, in Hz. */
  get sampleRate(): number {
    return this.entries.sample_rate
  }

  get batch(): number {
    return this.waveform.shape[0]!
  }

  get channels(): number {
    return this.waveform.shape[1]!
  }

  /** The length of each sound of the batch, in seconds. */
  get duration(): number {
    return this.waveform.shape[2]! / this.sampleRate
  }

  /** Some sounds of a batch, from `start` up to and without `end`, as in `Array.slice`; nothing is read or copied. */
  slice(start?: number, end?: number): Audio {
    return Audio.of({ ...this.entries, waveform: this.waveform.slice(start, end) })
  }

  /** Keeps the samples in memory, so that the sound outlives its key and its context. */
  async load(): Promise<this> {
    await loadTensors(this.entries)
    return this
  }

  /**
   * Writes one sound as a `.wav` file. Missing folders are made; the file appears whole or not at all.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` for another ending, or a batch of several without `index`;
   * `VALUE_TOO_LARGE` beyond the 4 GiB of a WAV file; `EXPORT_EXISTS` with `overwrite: false`.
   * @example
   * await audio.toFile('out/voice.wav', { encoding: 'pcm16' })
   */
  async toFile(path: string, { overwrite = true, index, encoding = 'float32' }: AudioFileOptions = {}): Promise<void> {
    if (!hasEnding(path, SOUND_ENDINGS)) {
      throw wrongType(`a file name that ends in ${SOUND_ENDINGS.join(', ')}`, JSON.stringify(path))
    }
    const { waveform, channels, sampleRate } = this.#pick(index)
    const data = Float32Array.from((await waveform.data()) as Float32Array)
    await placeFile(path, overwrite, writeWav({ data, channels, sampleRate }, encoding))
  }

  #pick(index: number | undefined): Audio {
    const reason = 'Pass { index } to choose one, or write each of slice(i, i + 1).'
    if (index === undefined && this.batch !== 1) throw wrongType('one sound', `a batch of ${this.batch}`, { reason })
    const at = index ?? 0
    const from = at < 0 ? this.batch + at : at
    const one = this.slice(from, from + 1)
    if (!Number.isInteger(at) || from < 0 || one.batch !== 1)
      throw wrongType(`a sound with the index ${at}`, `a batch of ${this.batch}`)
    return one
  }

  get [typedValue](): { type: string; value: AudioEntries } {
    return { type: 'AUDIO', value: this.entries }
  }
}
