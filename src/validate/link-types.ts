import { sameValue } from './same-value.ts'

/** Whether the server lets an output of one type into an input of another. A type is a name, names with commas, or a list of choices. */
export function linkTypesMatch(received: unknown, wanted: unknown): boolean {
  if (isWild(received) || isWild(wanted)) return true
  if (Array.isArray(received) && wanted === 'COMBO') return true
  if (typeof received !== 'string' || typeof wanted !== 'string') return sameValue(received, wanted)
  if (received === wanted) return true
  const wantedTypes = new Set(wanted.split(',').map((type) => type.trim()))
  if (wantedTypes.has('*')) return true
  return received.split(',').some((type) => type.trim() === '*' || wantedTypes.has(type.trim()))
}

function isWild(type: unknown): boolean {
  return type === '*' || type === 'COMFY_MATCHTYPE_V3'
}
