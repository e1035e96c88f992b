/** Whether a whole number is one of those that floats hold exactly. */
export function isExactFloat(value: bigint): boolean {
  const number = Number(value)
  return Number.isFinite(number) && BigInt(number) === value
}
