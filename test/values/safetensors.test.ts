import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { type Dtype, ITEM_SIZES, tensorBytes } from '../../src/values/dtype.ts'
import { buildHeader, parseHeader, readHeaderLength } from '../../src/values/safetensors.ts'

const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const tensor = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(ITEM_SIZES) as Dtype[])),
    shape: fc.array(fc.nat(5), { maxLength: 4 }),
  })
  .map(({ dtype, shape }) => ({ dtype, shape, byteLength: tensorBytes(dtype, shape)! }))

function corrupt(run: () => unknown): void {
  expect(run).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
}

describe('a safetensors header', () => {
  it('says again what it was built from, with each tensor aligned', () => {
    fc.assert(
      fc.property(
        fc.array(tensor, { maxLength: 12 }),
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        (tensors, metadata) => {
          const { head, order, byteLength } = buildHeader(tensors, metadata)
          expect(readHeaderLength(head.subarray(0, 8), byteLength, 'x')).toBe(head.length - 8)
          expect(head.length % 64).toBe(0)
          const parsed = parseHeader(head.subarray(8), byteLength - head.length, 'x')
          expect(Object.entries(parsed.metadata)).toEqual(
            Object.entries(JSON.parse(JSON.stringify(metadata)) as object),
          )
          expect(parsed.tensors.size).toBe(tensors.length)
          let position = 0
          for (const item of order) {
            const entry = parsed.tensors.get(String(tensors.indexOf(item)))!
            expect(entry).toEqual({
              dtype: item.dtype,
              shape: item.shape,
              start: position,
              end: position + item.byteLength,
            })
            expect(item.byteLength === 0 || position % ITEM_SIZES[item.dtype] === 0).toBe(true)
            position += item.byteLength
          }
        },
      ),
    )
  })

  it('reads what other writers make: other names, other order, other padding', () => {
    const header = {
      b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
      a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
    }
    expect(parseHeader(text(`${JSON.stringify(header)}  `), 12, 'x').tensors.get('b')).toMatchObject({
      start: 4,
      end: 12,
    })
  })

  it('is refused where its length is no possible one', () => {
    const prefix = (length: bigint) => {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigUint64(0, length, true)
      return bytes
    }
    corrupt(() => readHeaderLength(new Uint8Array(3), 3, 'x'))
    corrupt(() => readHeaderLength(prefix(93n), 100, 'x'))
    corrupt(() => readHeaderLength(prefix(100_000_001n), 2 ** 40, 'x'))
    corrupt(() => readHeaderLength(prefix(2n ** 64n - 1n), 100, 'x'))
    expect(readHeaderLength(prefix(92n), 100, 'x')).toBe(92)
  })

  const entry = (change: object) => ({ '0': { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...change } })
  it.each<[string, unknown, number]>([
    ['no JSON', '{"0": ', 4],
    ['no UTF-8', 'raw', 4],
    ['no object', [], 4],
    ['an entry that is no object', { '0': null }, 4],
    ['an unknown type', entry({ dtype: 'F12' }), 4],
    ['a type from the prototype', entry({ dtype: 'toString' }), 4],
    ['a negative length', entry({ shape: [-1] }), 4],
    ['half a length', entry({ shape: [0.5] }), 4],
    ['a shape that overflows', entry({ shape: [2 ** 52, 2 ** 52] }), 4],
    ['an overflow hidden by a zero', entry({ shape: [2 ** 52, 2 ** 52, 0], data_offsets: [0, 4] }), 4],
    ['text as offsets', entry({ data_offsets: ['0', '4'] }), 4],
    ['three offsets', entry({ data_offsets: [0, 4, 8] }), 4],
    ['offsets beyond the end', entry({ data_offsets: [4, 8] }), 4],
    ['negative offsets', entry({ data_offsets: [-4, 0] }), 4],
    ['an infinite offset', '{"0": {"dtype": "F32", "shape": [1], "data_offsets": [1e999, 1e999]}}', 4],
    ['a size that is not that of its shape', entry({ data_offsets: [0, 8] }), 8],
    ['bytes that nobody owns', entry({}), 5],
    ['an overlap', { ...entry({}), '1': { dtype: 'U8', shape: [2], data_offsets: [3, 5] } }, 5],
    ['metadata that is no text', { __metadata__: { a: 1 } }, 0],
  ])('is refused with %s', (_, header, dataLength) => {
    const bytes = header === 'raw' ? new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) : text(header)
    corrupt(() => parseHeader(bytes, dataLength, 'x'))
  })

  it('never fails on hostile bytes in another way than VALUE_CORRUPT', () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('F32', 'U8', [2], [0, 8], [0, 4], [2 ** 53], [Infinity], '__proto__'),
    )
    const header = fc.dictionary(
      fc.constantFrom('__metadata__', '0', '1', '__proto__'),
      fc.record({ dtype: field, shape: field, data_offsets: field }, { requiredKeys: [] }),
    )
    const bytes = fc.oneof(fc.uint8Array(), fc.jsonValue().map(text), header.map(text))
    fc.assert(
      fc.property(bytes, fc.nat(16), (bytes, dataLength) => {
        try {
          readHeaderLength(bytes.subarray(0, 8), bytes.length, 'x')
          parseHeader(bytes, dataLength, 'x')
        } catch (error) {
          expect(isDiscomfortError(error, 'VALUE_CORRUPT')).toBe(true)
        }
        try {
          parseHeader(bytes, dataLength, 'x')
        } catch (error) {
          expect(isDiscomfortError(error, 'VALUE_CORRUPT')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('that would be longer than readers accept is not written', () => {
    expect(() => buildHeader([], { tree: 'x'.repeat(100_000_001) })).toThrow(
      expect.objectContaining({ code: 'VALUE_TOO_LARGE' }),
    )
  })
})
