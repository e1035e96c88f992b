import { describe, expect, it } from 'vitest'
import type { Dtype } from '../../src/values/dtype.ts'
import { Tensor } from '../../src/values/tensor.ts'

/** The value of a pattern by the definition of its format, told in the usual words of floats. */
function byDefinition(bits: number, exponentBits: number, fractionBits: number, bias: number): number {
  const sign = bits >> (exponentBits + fractionBits) ? -1 : 1
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1)
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias))
}

async function widened(dtype: Dtype, bits: Uint8Array | Uint16Array): Promise<Float32Array> {
  return (await Tensor.from(bits, [bits.length], dtype).data()) as Float32Array
}

const words = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)
const bytes = Uint8Array.from({ length: 256 }, (_, bits) => bits)

describe('floats of fewer bits', () => {
  it('are exact for all 65536 patterns of F16, NaNs with sign and payload', async () => {
    const floats = await widened('F16', words)
    const singles = new Uint32Array(floats.buffer)
    for (const bits of words) {
      const isSpecial = (bits & 0x7c00) === 0x7c00
      const expected = isSpecial
        ? (((bits & 0x8000) << 16) | 0x7f80_0000 | ((bits & 0x3ff) << 13)) >>> 0
        : new Uint32Array(new Float32Array([byDefinition(bits, 5, 10, 15)]).buffer)[0]
      if (singles[bits] !== expected) expect.fail(`pattern ${bits}: ${singles[bits]} and not ${expected}`)
    }
  })

  it('are exact for all 65536 patterns of BF16', async () => {
    const floats = await widened('BF16', words)
    expect(new Uint32Array(floats.buffer)).toEqual(Uint32Array.from(words, (bits) => bits << 16))
  })

  it.each([
    [
      'F8_E5M2',
      5,
      2,
      15,
      (bits: number) => ((bits & 0x7f) === 0x7c ? Infinity : (bits & 0x7f) > 0x7c ? NaN : undefined),
    ],
    ['F8_E5M2FNUZ', 5, 2, 16, (bits: number) => (bits === 0x80 ? NaN : undefined)],
    ['F8_E4M3', 4, 3, 7, (bits: number) => ((bits & 0x7f) === 0x7f ? NaN : undefined)],
    ['F8_E4M3FNUZ', 4, 3, 8, (bits: number) => (bits === 0x80 ? NaN : undefined)],
  ] as const)('are exact for all 256 patterns of %s', async (dtype, exponent, fraction, bias, special) => {
    const expected = Float32Array.from(bytes, (bits) => {
      const found = special(bits)
      return found === undefined ? byDefinition(bits, exponent, fraction, bias) : bits >= 0x80 ? -found : found
    })
    expect(await widened(dtype, bytes)).toEqual(expected)
  })

  it('are powers of two in F8_E8M0, and the last is NaN', async () => {
    const floats = await widened('F8_E8M0', bytes)
    expect([floats[0], floats[127], floats[254], floats[255]]).toEqual([2 ** -127, 1, 2 ** 127, NaN])
  })
})
