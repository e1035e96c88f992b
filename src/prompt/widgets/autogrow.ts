import { typeName } from '../type-name.ts'
import type { LinkedInput } from '../linked-input.ts'
import type { InputSpec } from './input-spec.ts'

interface Template {
  readonly input?: { readonly required?: Record<string, unknown>; readonly optional?: Record<string, unknown> }
  readonly names?: readonly string[]
  readonly prefix?: string
  readonly min?: number
  readonly max?: number
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

/**
 * The names of those entries of a list that stay when the option of a dynamic combo that brings the list is chosen
 * anew: the list begins with the sockets of a new node and grows by one whenever its last entry is linked.
 */
export function keptEntries(
  list: InputSpec,
  entries: readonly { readonly name: string; readonly isLinked: boolean }[],
): ReadonlySet<string> {
  const { names, max = 100 } = templateOf(list)
  const most = names?.length ?? max
  const kept = new Set<string>()
  let shown = Math.min(newEntries(list).length, most)
  for (const { name, isLinked } of entries) {
    const place = placeOf(name.slice(list.name.length + 1), names)
    if (place === undefined || place >= shown) continue
    kept.add(name)
    if (isLinked) shown = Math.min(Math.max(shown, place + 2), most)
  }
  return kept
}

/** The place of an entry in a list that grows, by its name. */
export function entryPlace(list: InputSpec, name: string): number | undefined {
  return placeOf(name.slice(list.name.length + 1), templateOf(list).names)
}

/** The name of the entry at a place, if the list can grow as far. */
export function entryName(list: InputSpec, place: number): string | undefined {
  const { names, prefix = '', max = 100 } = templateOf(list)
  if (place < 0 || place >= (names?.length ?? max)) return undefined
  return `${list.name}.${names?.[place] ?? `${prefix}${place}`}`
}

function placeOf(entry: string, names: readonly string[] | undefined): number | undefined {
  const place = names ? names.indexOf(entry) : Number(/\d+$/.exec(entry)?.[0] ?? -1)
  return place < 0 ? undefined : place
}

function templateOf(list: InputSpec): Template {
  return list.options['template'] ?? {}
}
