import { knownSecrets } from './secrets.ts'

const hidden = '[hidden]'
const deepest = 8
const longest = 100

/** Names of what is never logged, whatever it holds. */
const secretName = /authorization|cookie|token|secret|passw|pwd|api[-_]?key|credential|private[-_]?key|session/i

/** A copy of what is logged without secrets: those that were given to us, and whatever looks like one. */
export function redact(fields: object): object {
  return copyOf(fields, 0, new Set()) as object
}

/** A text without secrets: users and passwords in addresses, headers, pairs with a telling name, and those we know. */
export function redactText(text: string): string {
  return hideKnown(text)
    .replace(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>@]*(?:@[^\s/?#"'<>@]*)*@/gi, `$1${hidden}@`)
    .replace(/\b((?:set-)?cookie)(\\*["']?\s*[:=]\s*)[^\r\n]*/gi, `$1$2${hidden}`)
    .replace(/\b(bearer|basic|digest|negotiate)\s+[^\s"'\\,;]+/gi, `$1 ${hidden}`)
    .replace(
      /((?:\[hidden\]|[\w-]*(?:authorization|token|secret|passw(?:or)?d|pwd|api[-_]?key|credential|private[-_]?key|session)[\w-]*)\\*["']?\s*[:=]\s*\\*["']?)(?!\[hidden\]|(?:bearer|basic|digest|negotiate) )[^\s"'\\,;&}]+/gi,
      `$1${hidden}`,
    )
}

/** A text without the secrets that were given to us, as they are and as they stand in URLs and JSON. */
export function hideKnown(text: string): string {
  let clean = text
  for (const secret of knownSecrets())
    for (const form of new Set([secret, escaped(secret), JSON.stringify(secret).slice(1, -1)]))
      clean = clean.replaceAll(form, hidden)
  return clean
}

/** Half of a pair of surrogates has no escape. */
function escaped(secret: string): string {
  try {
    return encodeURIComponent(secret)
  } catch {
    return secret
  }
}

function copyOf(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (above.has(value)) return '[circular]'
  if (depth === deepest) return '[…]'
  above.add(value)
  const copy = copyOfObject(value, depth + 1, above)
  above.delete(value)
  return copy
}

function copyOfObject(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof URL) return redactText(value.href)
  if (value instanceof Date) return value.toJSON()
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Headers || value instanceof Map)
    return copyOfEntries(
      [...value].map(([name, one]) => [String(name), one]),
      depth,
      above,
    )
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...(value as Iterable<unknown>)]
    const more = items.length > longest ? [`[${items.length - longest} more]`] : []
    return [...items.slice(0, longest).map((item) => copyOf(item, depth, above)), ...more]
  }
  if (value instanceof Error) {
    const { name, message, stack, cause } = value
    return copyOfEntries(
      Object.entries({ name, message, ...ownOf(value), stack, cause }).filter(([, one]) => one !== undefined),
      depth,
      above,
    )
  }
  return copyOfEntries(Object.entries(ownOf(value)), depth, above)
}

/** What it holds. A property that throws when it is read holds nothing. */
function ownOf(value: object): Record<string, unknown> {
  const own: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    try {
      own[name] = (value as Record<string, unknown>)[name]
    } catch {
      own[name] = undefined
    }
  }
  return own
}

function copyOfEntries(entries: readonly (readonly [string, unknown])[], depth: number, above: Set<object>): object {
  const copy: [string, unknown][] = entries.map(([name, value]) => [
    redactText(name),
    secretName.test(name) && value !== undefined && value !== null ? hidden : copyOf(value, depth, above),
  ])
  return Object.fromEntries(copy)
}
