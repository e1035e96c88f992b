import { stringify } from 'lossless-json'

/** JSON text, indented, with integers of any size; numbers that JSON does not know (NaN, Infinity) become text. */
export function exactJson(value: unknown): string {
  const clean = (_key: string, item: unknown): unknown =>
    typeof item === 'number' && !Number.isFinite(item) ? String(item) : item
  return stringify(value, clean, 2) ?? 'null'
}
