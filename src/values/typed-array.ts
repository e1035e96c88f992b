import { type Dtype, ITEM_SIZES } from './dtype.ts'
import { type SmallFloat, widen, widenBf16, widenE8m0 } from './float-bits.ts'

/** What `data()` of a tensor gives: F8, F16 and BF16 as Float32Array, also C64 (pairs); BOOL and U8 as Uint8Array. */
export type TensorData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array

/** The elements that `bytes` hold, without a copy where the bytes lie at a multiple of the item size. */
export function typedArray(dtype: Dtype, bytes: Uint8Array): TensorData {
  const size = ITEM_SIZES[dtype]
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
  const length = bytes.byteLength / size
  return VIEWS[dtype](buffer, byteOffset, length)
}

/** The bytes that {@link typedArray} takes for so many bytes of a tensor: floats of fewer bits are widened. */
export function arrayBytes(dtype: Dtype, byteLength: number): number {
  const isSmallFloat = ITEM_SIZES[dtype] < 4 && (dtype.startsWith('F') || dtype === 'BF16')
  return isSmallFloat ? (byteLength / ITEM_SIZES[dtype]) * 4 : byteLength
}

/** The data type that an array holds of itself. */
export function dtypeOf(array: unknown): Dtype | undefined {
  // By name and not by class, so that arrays of another realm (a vm, a worker's message) pass too.
  const name = ArrayBuffer.isView(array)
    ? (array as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]
    : ''
  return DTYPES_BY_ARRAY[name]
}

const DTYPES_BY_ARRAY: Readonly<Record<string, Dtype | undefined>> = {
  __proto__: null as never,
  Uint8Array: 'U8',
  Uint8ClampedArray: 'U8',
  Int8Array: 'I8',
  Uint16Array: 'U16',
  Int16Array: 'I16',
  Uint32Array: 'U32',
  Int32Array: 'I32',
  Float32Array: 'F32',
  Float64Array: 'F64',
  BigUint64Array: 'U64',
  BigInt64Array: 'I64',
  Float16Array: 'F16',
}

type View = (buffer: ArrayBufferLike, offset: number, length: number) => TensorData

const uint8: View = (buffer, offset, length) => new Uint8Array(buffer, offset, length)

const float8 =
  (format: SmallFloat): View =>
  (buffer, offset, length) =>
    widen(format, new Uint8Array(buffer, offset, length))

const VIEWS: Readonly<Record<Dtype, View>> = {
  BOOL: uint8,
  U8: uint8,
  F8_E4M3: float8('F8_E4M3'),
  F8_E4M3FNUZ: float8('F8_E4M3FNUZ'),
  F8_E5M2: float8('F8_E5M2'),
  F8_E5M2FNUZ: float8('F8_E5M2FNUZ'),
  F8_E8M0: (buffer, offset, length) => widenE8m0(new Uint8Array(buffer, offset, length)),
  I8: (buffer, offset, length) => new Int8Array(buffer, offset, length),
  U16: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  I16: (buffer, offset, length) => new Int16Array(buffer, offset, length),
  F16: (buffer, offset, length) => widen('F16', new Uint16Array(buffer, offset, length)),
  BF16: (buffer, offset, length) => widenBf16(new Uint16Array(buffer, offset, length)),
  U32: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  I32: (buffer, offset, length) => new Int32Array(buffer, offset, length),
  F32: (buffer, offset, length) => new Float32Array(buffer, offset, length),
  F64: (buffer, offset, length) => new Float64Array(buffer, offset, length),
  C64: (buffer, offset, length) => new Float32Array(buffer, offset, length * 2),
  U64: (buffer, offset, length) => new BigUint64Array(buffer, offset, length),
  I64: (buffer, offset, length) => new BigInt64Array(buffer, offset, length),
}
