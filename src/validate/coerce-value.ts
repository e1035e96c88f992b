/** What the server makes of a constant before it looks at it. */
export type Coerced =
  | {
      readonly kind: 'value'
      readonly value: unknown
      /** The value is not of the type and was made to fit. */
      readonly isChanged: boolean
    }
  | { readonly kind: 'unreadable' }

/** Python reads digits of all scripts, with single underscores between them. */
const digits = '\\p{Nd}+(?:_\\p{Nd}+)*'
const integerText = new RegExp(`^[+-]?${digits}$`, 'u')
const floatText = new RegExp(
  `^[+-]?(?:(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?|inf(?:inity)?|nan)$`,
  'iu',
)
const maxIntegerDigits = 4300

/** Turns a constant into what an input of this type gets, as the server does it. */
export function coerceValue(type: unknown, value: unknown): Coerced {
  switch (type) {
    case 'INT':
      return toInteger(value)
    case 'FLOAT':
      return toFloat(value)
    case 'STRING':
      return { kind: 'value', value: typeof value === 'string' ? value : '', isChanged: typeof value !== 'string' }
    case 'BOOLEAN':
      return { kind: 'value', value: isTruthy(value), isChanged: typeof value !== 'boolean' }
    default:
      return { kind: 'value', value, isChanged: false }
  }
}

function toInteger(value: unknown): Coerced {
  if (typeof value === 'bigint') return { kind: 'value', value, isChanged: false }
  if (typeof value === 'boolean') return { kind: 'value', value: Number(value), isChanged: true }
  if (typeof value === 'number' && Number.isFinite(value))
    return { kind: 'value', value: Math.trunc(value), isChanged: !Number.isInteger(value) }
  if (typeof value !== 'string' || value.length > 2 * maxIntegerDigits) return { kind: 'unreadable' }
  const text = value.trim()
  const plain = plainDigits(text)
  if (!integerText.test(text) || plain.length > maxIntegerDigits) return { kind: 'unreadable' }
  const number = Number(plain)
  return {
    kind: 'value',
    value: Number.isSafeInteger(number) ? number : BigInt(plain.replace('+', '')),
    isChanged: true,
  }
}

function toFloat(value: unknown): Coerced {
  if (typeof value === 'number') return { kind: 'value', value, isChanged: false }
  if (typeof value === 'boolean') return { kind: 'value', value: Number(value), isChanged: true }
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isFinite(number) ? { kind: 'value', value: number, isChanged: false } : { kind: 'unreadable' }
  }
  if (typeof value !== 'string' || value.length > 10_000) return { kind: 'unreadable' }
  const text = value.trim()
  if (!floatText.test(text)) return { kind: 'unreadable' }
  const plain = plainDigits(text)
    .toLowerCase()
    .replace(/inf(inity)?/, 'Infinity')
  return { kind: 'value', value: Number(plain), isChanged: true }
}

function plainDigits(text: string): string {
  return text.replaceAll('_', '').replace(/\p{Nd}/gu, (digit) => (/\d/.test(digit) ? digit : String(digitValue(digit))))
}

/** Digits of a script lie in runs of ten, of which some lie side by side. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let before = 0
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1
  return before % 10
}

function isTruthy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value) || Number.isNaN(value)
  return Object.keys(value).length > 0
}
