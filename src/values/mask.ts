import { maskTensor } from './tensor-types.ts'
import type { Tensor } from './tensor.ts'
import { typedValue } from './typed-value.ts'

/**
 * A ComfyUI MASK: a float tensor [batch, height, width], 0 to 1.
 *
 * @example
 * const mask = Mask.from(Tensor.from(new Float32Array(64 * 64), [1, 64, 64]))
 * await context.save('mask', mask)
 */
export class Mask {
  readonly tensor: Tensor

  private constructor(tensor: Tensor) {
    this.tensor = tensor
  }

  /**
   * A mask over a tensor [batch, height, width] of F32, F16 or BF16.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` for any other tensor.
   */
  static from(tensor: Tensor): Mask {
    return new Mask(maskTensor(tensor, undefined))
  }

  get batch(): number {
    return this.tensor.shape[0]!
  }

  get height(): number {
    return this.tensor.shape[1]!
  }

  get width(): number {
    return this.tensor.shape[2]!
  }

  /** The values, row by row, 0 to 1. Do not change them: they may be shared with the tensor. */
  async pixels(): Promise<Float32Array> {
    return (await this.tensor.data()) as Float32Array
  }

  /** Keeps the values in memory, so that the mask outlives its key and its context. */
  async load(): Promise<this> {
    await this.tensor.load()
    return this
  }

  get [typedValue](): { type: string; value: Tensor } {
    return { type: 'MASK', value: this.tensor }
  }
}
