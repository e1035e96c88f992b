/** A socket's type as text: lists of choices are COMBO. */
export function typeName(type: unknown): string {
  if (typeof type === 'string') return type
  if (typeof type === 'number') return String(type)
  return Array.isArray(type) ? 'COMBO' : '*'
}
