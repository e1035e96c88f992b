import * as fc from 'fast-check'
import { ComfyObject } from '../../src/values/comfy-object.ts'
import { type Dtype, ITEM_SIZES } from '../../src/values/dtype.ts'
import { Tensor } from '../../src/values/tensor.ts'
import { tuple } from '../../src/values/tuple.ts'

/** Values whose JavaScript form says everything: whole numbers beyond the safe ones are floats and stay numbers. */
const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'é', '\0', '\ud800', '\udc00', '😀', '"', '\\') }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
  fc.uint8Array(),
)

/** A tensor of any type and shape, with any bits in it. */
const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...(Object.keys(ITEM_SIZES) as Dtype[])), fc.array(fc.nat(3), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, size) => product * size, ITEM_SIZES[dtype])
    return fc
      .uint8Array({ minLength: length, maxLength: length, max: dtype === 'BOOL' ? 1 : 255 })
      .map((bytes) => Tensor.from(bytes, shape, dtype))
  })

/** Any value that a context takes; with tensors where they are wanted. */
export function anyValue(withTensors: boolean): fc.Arbitrary<unknown> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      ...(withTensors ? [anyTensor] : []),
      tie('list'),
      tie('tuple'),
      tie('record'),
      tie('map'),
      tie('object'),
    ),
    list: fc.array(tie('value')),
    tuple: fc.array(tie('value')).map((items) => tuple(items)),
    record: fc.dictionary(fc.string(), tie('value'), { noNullPrototype: false }),
    map: fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.integer()), tie('value')))
      .filter((pairs) => pairs.some(([key]) => typeof key !== 'string'))
      .map((pairs) => new Map(pairs)),
    object: fc
      .tuple(fc.string(), tie('record'))
      .map(([name, fields]) => ComfyObject.from(name, fields as Record<string, unknown>)),
  }))
  return value
}
