/** Signs that no file name can hold. */
// oxlint-disable-next-line no-control-regex
const forbidden = /[/?<>\\:*|"\u0000-\u001f\u007f]/g
const dateParts = /d{1,2}|M{1,2}|h{1,2}|m{1,2}|s{1,2}|y{2,4}/g

/**
 * Fills what stands between per cent signs in the name of a file: `%date:FORMAT%` and `%node.widget%`. What cannot be
 * filled stays.
 */
export function fileNameText(
  text: string,
  now: Date,
  lookUp: (node: string, widget: string) => { readonly value: unknown } | undefined,
): string {
  return text.replace(/%([^%]+)%/g, (whole, inner: string) => {
    const [first = '', second, ...rest] = inner.split('.')
    if (second === undefined || rest.length > 0)
      return first.startsWith('date:') ? dateText(first.slice(5), now) : whole
    const widget = lookUp(first, second)
    return widget ? textOf(widget.value).replace(forbidden, '_') : whole
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
    ? String(value)
    : ''
}

function dateText(format: string, now: Date): string {
  const parts: Readonly<Record<string, number>> = {
    d: now.getDate(),
    M: now.getMonth() + 1,
    h: now.getHours(),
    m: now.getMinutes(),
    s: now.getSeconds(),
  }
  return format.replace(dateParts, (part) => {
    const number = parts[part[0] ?? '']
    if (number !== undefined) return String(number).padStart(part.length, '0')
    const year = String(now.getFullYear())
    return part.length === 4 ? year : part.length === 2 ? year.slice(2) : part
  })
}
