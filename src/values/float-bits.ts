let halves: Float32Array | undefined

/** Widens half precision (F16) to single precision, exactly. */
export function widenF16(bits: Uint16Array): Float32Array {
  const table = (halves ??= halfTable())
  const wide = new Float32Array(bits.length)
  for (let index = 0; index < bits.length; index++) wide[index] = table[bits[index]!]!
  return wide
}

/** Widens BF16 to single precision, exactly: it is the upper half of a single. */
export function widenBf16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length)
  for (let index = 0; index < bits.length; index++) wide[index] = bits[index]! << 16
  return new Float32Array(wide.buffer)
}

/** Every half there is: a look-up is several times faster than arithmetic on millions of elements. */
function halfTable(): Float32Array {
  const table = new Float32Array(65_536)
  for (let bits = 0; bits < table.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 0x1f
    const fraction = bits & 0x3ff
    if (exponent === 0x1f) table[bits] = fraction === 0 ? sign * Infinity : NaN
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  return table
}
