/** Whether the server takes two JSON values for the same: `1`, `1.0` and `true` are, `1` and `"1"` are not. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (isNumeric(one) && isNumeric(other)) {
    // oxlint-disable-next-line eqeqeq -- a number may equal a big integer
    return plain(one) == plain(other)
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) =>
        Object.hasOwn(other, key) &&
        sameValue((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  )
}

/** Numbers in the server's eyes: truth values are 0 and 1. */
export function isNumeric(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
}

function plain(value: number | bigint | boolean): number | bigint {
  return typeof value === 'boolean' ? Number(value) : value
}
