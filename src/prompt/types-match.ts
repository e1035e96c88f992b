/** Whether two socket types may be linked: `*` fits all, a list with commas fits if any of its types does, letter case is ignored. */
export function typesMatch(left: string, right: string): boolean {
  if (left === right || isAny(left) || isAny(right)) return true
  const a = left.toLowerCase()
  const b = right.toLowerCase()
  if (a === b) return true
  if (!a.includes(',') && !b.includes(',')) return false
  const rights = b.split(',')
  return a.split(',').some((type) => rights.some((other) => type === other || isAny(type) || isAny(other)))
}

function isAny(type: string): boolean {
  return type === '*' || type === '' || type === '0'
}
