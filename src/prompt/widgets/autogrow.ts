import { typeName } from '../type-name.ts'
import type { LinkedInput } from '../linked-input.ts'
import type { InputSpec } from './input-spec.ts'

interface Template {
  readonly input?: { readonly required?: Record<string, unknown>; readonly optional?: Record<string, unknown> }
  readonly names?: readonly string[]
  readonly prefix?: string
  readonly min?: number
}

/** The type of every entry of a list that grows. */
export function entryType(list: InputSpec): string {
  const { input } = templateOf(list)
  const [raw] = Object.values({ ...input?.required, ...input?.optional })
  return typeName(Array.isArray(raw) ? (raw[0] as unknown) : raw)
}

/** The empty sockets that a new node shows for a list that grows: one more than it needs. */
export function newEntries(list: InputSpec): readonly LinkedInput[] {
  const { names, prefix = '', min = 0 } = templateOf(list)
  const type = entryType(list)
  const shown = names?.slice(0, min + 1) ?? Array.from({ length: min + 1 }, (_, at) => `${prefix}${at}`)
  return shown.map((name) => ({ name: `${list.name}.${name}`, type, widget: undefined, link: null }))
}

function templateOf(list: InputSpec): Template {
  return list.options['template'] ?? {}
}
