import { DiscomfortError } from '../errors.ts'
import { isTensor, type Tensor } from './tensor.ts'
import { typedValue } from './typed-value.ts'

/**
 * A ComfyUI LATENT: `samples` (usually F32 [batch, channels, height / 8, width / 8]) and whatever else nodes put
 * beside it. All entries are kept, also those that this class has no name for.
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
   * A latent of entries as ComfyUI names them; `samples` is the one it cannot do without.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` where `samples` is no tensor.
   */
  static from(entries: { readonly samples: Tensor; readonly [name: string]: unknown }): Latent {
    if (!isTensor(entries.samples)) {
      throw new DiscomfortError('VALUE_TYPE', 'A latent needs an entry "samples" that is a tensor.', {
        details: { expected: 'LATENT (with a tensor "samples")', found: typeof entries.samples },
      })
    }
    return new Latent(Object.assign(Object.create(null) as Record<string, unknown>, entries))
  }

  get samples(): Tensor {
    return this.entries['samples'] as Tensor
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
    for (const entry of Object.values(this.entries)) if (isTensor(entry)) await entry.load()
    return this
  }

  get [typedValue](): { type: string; value: Readonly<Record<string, unknown>> } {
    return { type: 'LATENT', value: this.entries }
  }
}
