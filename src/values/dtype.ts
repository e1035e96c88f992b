/** Bytes of one element, for each data type that a value file can hold. */
export const ITEM_SIZES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2: 1,
  F8_E5M2FNUZ: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
} as const

/** A data type of a tensor, named as in safetensors. */
export type Dtype = keyof typeof ITEM_SIZES

/** Whether `name` is the name of a known data type. */
export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(ITEM_SIZES, name)
}

/** The bytes that a tensor takes, or undefined where the shape is no shape or the number is not exact any more. */
export function tensorBytes(dtype: Dtype, shape: readonly number[]): number | undefined {
  let bytes: number = ITEM_SIZES[dtype]
  let empty = false
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return undefined
    if (length === 0) empty = true
    else bytes *= length
    if (!Number.isSafeInteger(bytes)) return undefined
  }
  return empty ? 0 : bytes
}
