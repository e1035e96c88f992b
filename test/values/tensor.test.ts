import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tensor, type TensorSource } from '../../src/values/tensor.ts'

function sourceOf(bytes: Uint8Array, reads: [number, number][] = []): TensorSource {
  return {
    read: (offset, length) => {
      reads.push([offset, length])
      return Promise.resolve(bytes.slice(offset, offset + length))
    },
  }
}

async function collect(tensor: Tensor): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tensor.stream()) chunks.push(chunk)
  return chunks
}

describe('a tensor', () => {
  it.each([
    [new Float32Array([1, 2]), 'F32'],
    [new Float64Array([1, 2]), 'F64'],
    [new Uint8Array([1, 2]), 'U8'],
    [new Uint8ClampedArray([1, 2]), 'U8'],
    [new Int8Array([1, -2]), 'I8'],
    [new Uint16Array([1, 2]), 'U16'],
    [new Int16Array([1, -2]), 'I16'],
    [new Uint32Array([1, 2]), 'U32'],
    [new Int32Array([1, -2]), 'I32'],
    [new BigUint64Array([1n, 2n]), 'U64'],
    [new BigInt64Array([1n, -2n]), 'I64'],
  ])('takes its type from %o', async (array, dtype) => {
    const tensor = Tensor.from(array)
    expect(tensor).toMatchObject({ dtype, shape: [2], byteLength: array.byteLength })
    expect(Array.from((await tensor.data()) as Iterable<unknown>)).toEqual(Array.from(array as Iterable<unknown>))
  })

  it('widens halves exactly', async () => {
    const bits = new Uint16Array([0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0xfc00, 0x7e00, 0x3555])
    const floats = [0, -0, 1, -2, 65_504, 2 ** -24, Infinity, -Infinity, NaN, 0.333251953125]
    expect([...((await Tensor.from(bits, [10], 'F16').data()) as Float32Array)]).toEqual(floats)
    const upper = new Uint16Array([0x0000, 0x8000, 0x3f80, 0xc000, 0x7f80, 0x7fc0, 0x4049])
    expect([...((await Tensor.from(upper, [7], 'BF16').data()) as Float32Array)]).toEqual([
      0,
      -0,
      1,
      -2,
      Infinity,
      NaN,
      3.140625,
    ])
  })

  it('reads elements from bytes at any position', async () => {
    const bytes = new Uint8Array(17)
    new DataView(bytes.buffer).setFloat64(3, Math.PI, true)
    const tensor = Tensor.from(bytes.subarray(3, 11), [1], 'F64')
    expect(await tensor.data()).toEqual(new Float64Array([Math.PI]))
    const pooled = Buffer.concat([Buffer.from([0]), Buffer.from(new Float32Array([1.5]).buffer)]).subarray(1)
    expect(await Tensor.from(pooled, [1], 'F32').data()).toEqual(new Float32Array([1.5]))
  })

  it('is cut along its first axis as an array is, with and without its bytes in memory', async () => {
    const rows = 5
    const array = Uint8Array.from({ length: rows * 6 }, (_, index) => index)
    const lazy = new Tensor('U8', [rows, 2, 3], sourceOf(array))
    const loaded = Tensor.from(array, [rows, 2, 3])
    const bound = fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(bound, bound, async (start, end) => {
        const expected = Array.from({ length: rows }, (_, row) => [...array.subarray(row * 6, row * 6 + 6)]).slice(
          start,
          end,
        )
        for (const tensor of [lazy, loaded]) {
          const part = tensor.slice(start, end)
          expect(part.shape).toEqual([expected.length, 2, 3])
          expect([...(await part.bytes())]).toEqual(expected.flat())
          expect([...(await part.slice(1).bytes())]).toEqual(expected.slice(1).flat())
        }
      }),
    )
  })

  it('reads nothing until it is asked, and only what is asked for', async () => {
    const reads: [number, number][] = []
    const tensor = new Tensor('F32', [10, 2], sourceOf(new Uint8Array(96), reads), 16)
    const part = tensor.slice(3, 5)
    expect(reads).toEqual([])
    await part.data()
    expect(reads).toEqual([[16 + 24, 16]])
  })

  it('keeps its bytes once it was loaded', async () => {
    const reads: [number, number][] = []
    const tensor = new Tensor('U8', [4], sourceOf(new Uint8Array([1, 2, 3, 4]), reads))
    expect(await tensor.load()).toBe(tensor)
    await tensor.data()
    await tensor.slice(1).bytes()
    await collect(tensor)
    expect(reads).toHaveLength(1)
  })

  it('streams in order in pieces', async () => {
    const bytes = Uint8Array.from({ length: 9 * 2 ** 20 }, (_, index) => index % 251)
    for (const tensor of [Tensor.from(bytes), new Tensor('U8', [bytes.length], sourceOf(bytes))]) {
      const chunks = await collect(tensor)
      expect(chunks.map((chunk) => chunk.length)).toEqual([4 * 2 ** 20, 4 * 2 ** 20, 2 ** 20])
      expect(Buffer.compare(Buffer.concat(chunks), bytes)).toBe(0)
    }
  })

  it('without elements and without axes is a tensor too', async () => {
    expect(await Tensor.from(new Float32Array(0), [0, 3]).data()).toEqual(new Float32Array(0))
    expect(await Tensor.from(new Float32Array([2]), []).data()).toEqual(new Float32Array([2]))
    expect(await collect(Tensor.from(new Float32Array(0), [3, 0]))).toEqual([])
    expect(Tensor.from(new Float32Array(0), [3, 0]).slice(1).shape).toEqual([2, 0])
  })

  it('beyond 4 GiB is not read into one array, and can be read in parts', async () => {
    const tensor = new Tensor('U8', [2 ** 33], sourceOf(new Uint8Array(4)))
    await expect(tensor.data()).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
      details: { bytes: 2 ** 33, limit: 2 ** 32 },
    })
    await expect(tensor.bytes()).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
    const halves = new Tensor('F16', [2 ** 31 - 1], sourceOf(new Uint8Array(4)))
    expect(halves.byteLength).toBe(2 ** 32 - 2)
    await expect(halves.data()).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
    expect(await tensor.slice(1, 3).data()).toEqual(new Uint8Array(2))
  })

  it.each<[string, () => unknown]>([
    ['a shape that does not fit', () => Tensor.from(new Float32Array(3), [2])],
    ['a type that does not fit', () => Tensor.from(new Float32Array(2), [2], 'F16')],
    ['a plain array', () => Tensor.from([1, 2] as unknown as Float32Array)],
    ['a shape with a fraction', () => Tensor.from(new Float32Array(2), [0.5])],
    ['a shape beyond all numbers', () => new Tensor('F64', [2 ** 30, 2 ** 30], sourceOf(new Uint8Array(0)))],
    ['a slice without axes', () => Tensor.from(new Float32Array(1), []).slice(0, 1)],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'VALUE_TYPE' }))
  })
})
