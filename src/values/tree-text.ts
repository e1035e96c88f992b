import type { TaggedJson } from './tagged-json.ts'

/**
 * A tree as JSON text, letter for letter as the pack writes it: without spaces, floats with a point or an exponent
 * (so that any reader takes them for floats), lone surrogates as escapes.
 */
export function treeText(tree: TaggedJson): string {
  if (typeof tree === 'number') return floatText(tree)
  if (typeof tree !== 'object' || tree === null) return JSON.stringify(tree)
  if (Array.isArray(tree)) return `[${tree.map(treeText).join(',')}]`
  if ('tuple' in tree) return `{"tuple":${treeText(tree.tuple)}}`
  if ('dict' in tree) return `{"dict":${treeText(tree.dict)}}`
  if ('object' in tree) return `{"object":${treeText(tree.object)}}`
  return JSON.stringify(tree)
}

/** A finite float as Python writes it: the same shortest digits as here, but a point where JavaScript has none. */
export function floatText(value: number): string {
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e')
  const sign = value < 0 ? '-' : ''
  const digits = mantissa.replace('.', '')
  const power = Number(exponent)
  if (power < -4 || power >= 16) {
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0')
  return `${sign}${whole}.${digits.slice(power + 1) || '0'}`
}
