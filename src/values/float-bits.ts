/** A float of fewer bits: sign, exponent and fraction, and which patterns are infinite or no number. */
interface Format {
  readonly exponentBits: number
  readonly fractionBits: number
  readonly bias: number
  /** `ieee`: the highest exponent is infinity and NaN. `fn`: only the highest pattern is NaN. `fnuz`: only minus zero is. */
  readonly specials: 'ieee' | 'fn' | 'fnuz'
}

const FORMATS = {
  F16: { exponentBits: 5, fractionBits: 10, bias: 15, specials: 'ieee' },
  F8_E5M2: { exponentBits: 5, fractionBits: 2, bias: 15, specials: 'ieee' },
  F8_E5M2FNUZ: { exponentBits: 5, fractionBits: 2, bias: 16, specials: 'fnuz' },
  F8_E4M3: { exponentBits: 4, fractionBits: 3, bias: 7, specials: 'fn' },
  F8_E4M3FNUZ: { exponentBits: 4, fractionBits: 3, bias: 8, specials: 'fnuz' },
} as const satisfies Record<string, Format>

/** The formats that {@link widen} knows. */
export type SmallFloat = keyof typeof FORMATS

const tables = new Map<SmallFloat, Uint32Array>()

/** Widens floats of 8 or 16 bits to single precision, exactly, NaNs with their payload. */
export function widen(format: SmallFloat, bits: Uint8Array | Uint16Array): Float32Array {
  let table = tables.get(format)
  if (!table) tables.set(format, (table = tableOf(FORMATS[format])))
  const wide = new Uint32Array(bits.length)
  for (let index = 0; index < bits.length; index++) wide[index] = table[bits[index]!]!
  return new Float32Array(wide.buffer)
}

/** Widens BF16 to single precision, exactly: it is the upper half of a single. */
export function widenBf16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length)
  for (let index = 0; index < bits.length; index++) wide[index] = bits[index]! << 16
  return new Float32Array(wide.buffer)
}

/** Widens F8_E8M0, which has an exponent and nothing else, to single precision, exactly. */
export function widenE8m0(bits: Uint8Array): Float32Array {
  return Float32Array.from(bits, (exponent) => (exponent === 0xff ? NaN : 2 ** (exponent - 127)))
}

/** The single of every pattern there is: a look-up is several times faster than arithmetic on millions of elements. */
function tableOf({ exponentBits, fractionBits, bias, specials }: Format): Uint32Array {
  const table = new Uint32Array(2 ** (1 + exponentBits + fractionBits))
  const half = table.length / 2
  const highest = 2 ** exponentBits - 1
  const floats = new Float32Array(1)
  const single = new Uint32Array(floats.buffer)
  for (let bits = 0; bits < table.length; bits++) {
    const exponent = (bits % half) >> fractionBits
    const fraction = bits % 2 ** fractionBits
    const sign = bits < half ? 0 : 0x8000_0000
    const payload = fraction << (23 - fractionBits)
    if (specials === 'ieee' && exponent === highest) table[bits] = sign | 0x7f80_0000 | payload
    else if (specials === 'fn' && bits % half === half - 1) table[bits] = sign | 0x7fc0_0000
    else if (specials === 'fnuz' && bits === half) table[bits] = 0x7fc0_0000
    else {
      const scale = 2 ** (Math.max(exponent, 1) - bias - fractionBits)
      floats[0] = ((exponent === 0 ? 0 : 2 ** fractionBits) + fraction) * scale
      table[bits] = sign | single[0]!
    }
  }
  return table
}
