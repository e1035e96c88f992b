import { DiscomfortError } from '../errors.ts'
import { streamSource } from './stream-source.ts'
import { type Dtype, ITEM_SIZES, tensorBytes } from './dtype.ts'
import { arrayBytes, dtypeOf, type TensorData, typedArray } from './typed-array.ts'

/** Where the bytes of a tensor come from: `read` gives exactly `length` bytes or fails. */
export interface TensorSource {
  /** The `length` bytes that begin at `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** The most that one array can hold on every Node that this package supports. */
const ARRAY_LIMIT = 2 ** 32
const CHUNK = 4 * 2 ** 20
const mark: unique symbol = Symbol.for('discomfort.tensor') as never

/**
 * An array of numbers with a shape, as PyTorch has it: row-major, little-endian. A tensor that comes out of a
 * context is lazy: its bytes are read from the store when they are asked for, and it is valid until its key is
 * overwritten or deleted or the context closes (then `VALUE_GONE`). {@link Tensor.load} keeps it for good.
 *
 * @example
 * const samples = Tensor.from(new Float32Array(4 * 64 * 64), [1, 4, 64, 64])
 * const first = samples.slice(0, 1)
 * console.log(first.dtype, first.shape, (await first.data())[0])
 */
export class Tensor {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** The size of all elements in bytes. */
  readonly byteLength: number
  readonly [mark] = true
  readonly #source: TensorSource
  readonly #offset: number
  #memory: Uint8Array | undefined

  /** A tensor over a source. `offset` is where its first byte lies. */
  constructor(dtype: Dtype, shape: readonly number[], source: TensorSource, offset = 0) {
    const byteLength = tensorBytes(dtype, shape)
    if (byteLength === undefined) throw mismatch('a shape of whole numbers', `[${shape.join(', ')}]`)
    this.dtype = dtype
    this.shape = Object.freeze([...shape])
    this.byteLength = byteLength
    this.#source = source
    this.#offset = offset
  }

  /**
   * A tensor over an array, without a copy: do not change the array while the tensor is in use.
   * `shape` defaults to one axis, `dtype` to that of the array. Arrays that JavaScript has no type for come as their
   * bits: Uint16Array with `F16` or `BF16`, Uint8Array with any type.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` where array, type and shape do not fit together.
   * @example
   * const mask = Tensor.from(new Uint8Array([0, 1, 1, 0]), [2, 2], 'BOOL')
   */
  static from(array: TensorData | Uint8ClampedArray, shape?: readonly number[], dtype?: Dtype): Tensor {
    const own = dtypeOf(array)
    if (own === undefined) throw mismatch('a typed array of numbers', Object.prototype.toString.call(array))
    const wanted = dtype ?? own
    const fits = wanted === own || own === 'U8' || (own === 'U16' && ITEM_SIZES[wanted] === 2)
    if (!fits) throw mismatch(`an array that holds ${wanted}`, own)
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    const tensor = new Tensor(wanted, shape ?? [bytes.byteLength / ITEM_SIZES[wanted]], memorySource(bytes))
    if (tensor.byteLength !== bytes.byteLength) {
      const expected = `${tensor.byteLength} bytes (${wanted}, shape [${tensor.shape.join(', ')}])`
      throw mismatch(expected, `${bytes.byteLength} bytes`)
    }
    tensor.#memory = bytes
    return tensor
  }

  /**
   * A tensor over a stream of its bytes, for values that are larger than memory. It can be saved, or read, once: `stream` is
   * not asked for before that.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` when it is read and the stream ends too early; `VALUE_GONE` when it is read
   * a second time.
   * @example
   * await context.save('noise', Tensor.fromStream(createReadStream('noise.f32'), [64, 1024, 1024], 'F32'))
   */
  static fromStream(
    stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    shape: readonly number[],
    dtype: Dtype,
  ): Tensor {
    return new Tensor(dtype, shape, streamSource(stream))
  }

  /**
   * The bytes as they are stored. They may be shared with the tensor: do not change them.
   *
   * @throws {@link DiscomfortError} `VALUE_TOO_LARGE` beyond 4 GiB (use {@link Tensor.slice} or
   * {@link Tensor.stream}); `VALUE_GONE` where the stored value is no longer there.
   */
  async bytes(): Promise<Uint8Array> {
    if (this.#memory) return this.#memory
    this.#refuseBeyondLimit(this.byteLength)
    if (this.byteLength === 0) return new Uint8Array(0)
    return this.#source.read(this.#offset, this.byteLength)
  }

  /**
   * The elements as a typed array: F8, F16 and BF16 widened to Float32Array (exactly), I64 as BigInt64Array, BOOL as 0
   * and 1 in a Uint8Array, C64 as pairs in a Float32Array. The array may be shared with the tensor: do not change it.
   *
   * @throws {@link DiscomfortError} as {@link Tensor.bytes}; the limit holds for the array that is given back.
   */
  async data(): Promise<TensorData> {
    this.#refuseBeyondLimit(arrayBytes(this.dtype, this.byteLength))
    return typedArray(this.dtype, await this.bytes())
  }

  /**
   * Part of the tensor along its first axis, from `start` up to and without `end`; nothing is read or copied.
   * Negative numbers count from the end, and both are cut to the axis, as in `Array.slice`.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` for a tensor without axes.
   */
  slice(start = 0, end?: number): Tensor {
    const [length, ...rest] = this.shape
    if (length === undefined) throw mismatch('a tensor with at least one axis', 'a tensor without axes')
    const from = clampIndex(start, length)
    const to = Math.max(from, clampIndex(end ?? length, length))
    const row = length === 0 ? 0 : this.byteLength / length
    const part = new Tensor(this.dtype, [to - from, ...rest], this.#source, this.#offset + from * row)
    if (this.#memory) {
      const bytes = this.#memory.subarray(from * row, to * row)
      const loaded = new Tensor(this.dtype, part.shape, memorySource(bytes))
      loaded.#memory = bytes
      return loaded
    }
    return part
  }

  /** The bytes in order, in pieces of at most 4 MiB: for tensors of any size. */
  async *stream(): AsyncIterable<Uint8Array> {
    for (let position = 0; position < this.byteLength; position += CHUNK) {
      const length = Math.min(CHUNK, this.byteLength - position)
      if (this.#memory) yield this.#memory.subarray(position, position + length)
      else yield await this.#source.read(this.#offset + position, length)
    }
  }

  /**
   * Reads the bytes into memory and keeps them, so that the tensor outlives its key and its context.
   *
   * @throws {@link DiscomfortError} as {@link Tensor.bytes}.
   * @example
   * const samples = await (await context.load('latent', 'LATENT')).samples.load()
   */
  async load(): Promise<this> {
    this.#memory ??= await this.bytes()
    return this
  }

  #refuseBeyondLimit(bytes: number): void {
    if (bytes <= ARRAY_LIMIT) return
    const message = `The tensor (${this.dtype}, shape [${this.shape.join(', ')}]) takes ${bytes} bytes, more than one array holds. Read it in parts with slice() or stream().`
    throw new DiscomfortError('VALUE_TOO_LARGE', message, { details: { bytes, limit: ARRAY_LIMIT } })
  }
}

/** Whether `value` is a {@link Tensor} (of any copy of this package). */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && mark in value
}

function memorySource(bytes: Uint8Array): TensorSource {
  return { read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) }
}

function clampIndex(index: number, length: number): number {
  const whole = Math.trunc(index) || 0
  return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length)
}

function mismatch(expected: string, found: string): DiscomfortError<'VALUE_TYPE'> {
  return new DiscomfortError('VALUE_TYPE', `A tensor needs ${expected}, and was given ${found}.`, {
    details: { expected, found },
  })
}
