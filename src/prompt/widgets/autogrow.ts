import { typeName } from '../graph.ts'
import type { LinkedInput } from '../passes/merge-inputs.ts'
import type { InputSpec } from './input-spec.ts'

interface Template {
  readonly input?: { readonly required?: Record<string, unknown>; readonly optional?: Record<string, unknown> }
  readonly names?: readonly string[]
  readonly prefix?: string
  readonly min?: number
}

/** The empty sockets that a new node shows for a list that grows: one more than it needs. */
export function newEntries(list: InputSpec): readonly LinkedInput[] {
  const template = (list.options['template'] ?? {}) as Template
  const [raw] = Object.values({ ...template.input?.required, ...template.input?.optional })
  const type = typeName(Array.isArray(raw) ? (raw[0] as unknown) : raw)
  const count = (template.min ?? 0) + 1
  const names =
    template.names?.slice(0, count) ?? Array.from({ length: count }, (_, at) => `${template.prefix ?? ''}${at}`)
  return names.map((name) => ({ name: `${list.name}.${name}`, type, widget: undefined, link: null }))
}
