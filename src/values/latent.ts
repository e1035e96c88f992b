import { DiscomfortError } from '../errors.ts'
import { type ComfyObject, isComfyObject } from './comfy-object.ts'
import { loadTensors } from './load-tensors.ts'
import { isSamples } from './tensor-types.ts'
import { isTensor, type Tensor } from './tensor.ts'
import { typedValue } from './typed-value.ts'
import { copyRecord } from './whole-floats.ts'

/**
 * A ComfyUI LATENT: `samples` (F32, [batch, channels, height / 8, width / 8] for pictures, [batch, channels, frames,
 * height, width] for videos, [batch, channels, length] for audio, several such tensors for a video with audio) and
 * whatever else nodes put beside it. All entries are kept, also those that this class has no name for.
 *
 * @example
 * const latent = Latent.from({ samples: Tensor.from(new Float32Array(4 * 64 * 64), [1, 4, 64, 64]) })
 * await context.save('latent', latent)
 */
export class Latent {
  /** Every entry by the name that ComfyUI gives it (`samples`, `noise_mask`, `batch_index`, …). */
  readonly entries: Readonly<Record<string, unknown>>

  private constructor(entries: Readonly<Record<string, unknown>>) {
    this.entries = entries
  }

  /**
   * A latent of entries as ComfyUI names them; `samples` is the one it cannot do without: a tensor, or several as
   * `ComfyObject.from('NestedTensor', { tensors })`.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` where `samples` is no tensor.
   */
  static from(entries: { readonly samples: Tensor | ComfyObject; readonly [name: string]: unknown }): Latent {
    if (!isSamples(entries.samples)) {
      throw new DiscomfortError('VALUE_TYPE', 'A latent needs an entry "samples" that is a tensor.', {
        details: { expected: 'LATENT (with a tensor "samples")', found: typeof entries.samples },
      })
    }
    return new Latent(copyRecord(entries))
  }

  /** The samples; of a latent that holds several tensors the first, as ComfyUI itself tells its shape. */
  get samples(): Tensor {
    return this.streams[0]!
  }

  /** All tensors of the samples: one, or several that go together, like those of a video and of its audio. */
  get streams(): readonly Tensor[] {
    const samples = this.entries['samples']
    return isComfyObject(samples) ? (samples.fields['tensors'] as Tensor[]) : [samples as Tensor]
  }

  /** Where noise is added: a float tensor, 1 for new and 0 for kept. */
  get noiseMask(): Tensor | undefined {
    const entry = this.entries['noise_mask']
    return isTensor(entry) ? entry : undefined
  }

  /** The seeds' positions of the samples in the batch that they were taken from. */
  get batchIndex(): readonly number[] | undefined {
    const entry = this.entries['batch_index']
    return Array.isArray(entry) ? (entry as number[]) : undefined
  }

  /** Keeps every tensor of the latent in memory, so that it outlives its key and its context. */
  async load(): Promise<this> {
    await loadTensors(this.entries)
    return this
  }

  get [typedValue](): { type: string; value: Readonly<Record<string, unknown>> } {
    return { type: 'LATENT', value: this.entries }
  }
}
