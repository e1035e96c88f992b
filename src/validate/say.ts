import type { CheckedNode } from './checked-node.ts'

const maxCharacters = 60

/** A value in a sentence: as JSON, long ones cut. */
export function sayValue(value: unknown): string {
  if (typeof value === 'bigint') return cut(String(value))
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'string') return JSON.stringify(cut(value))
  return Array.isArray(value) ? `a list of ${value.length}` : 'a JSON object'
}

/** Some values in a sentence. */
export function sayValues(values: readonly unknown[]): string {
  return values.map(sayValue).join(', ')
}

/** A node in a sentence. */
export function sayNode({ title, classType, id }: Pick<CheckedNode, 'title' | 'classType' | 'id'>): string {
  const name = `"${cut(title)}"`
  return title === classType ? `${name} (node ${cut(id)})` : `${name} (${cut(classType)}, node ${cut(id)})`
}

/** A socket's type in a sentence. */
export function sayType(type: unknown): string {
  return Array.isArray(type) ? 'COMBO' : typeof type === 'string' ? cut(type) : 'unknown'
}

function cut(text: string): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1)}…` : text
}
