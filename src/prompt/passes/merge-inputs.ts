import type { NodeInput, WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import { frontendSince } from '../frontend-version.ts'
import type { Widget } from '../graph.ts'
import type { LinkedInput } from '../linked-input.ts'
import { typeName } from '../type-name.ts'
import { entryType, keptEntries, newEntries } from '../widgets/autogrow.ts'
import { chosenInputs } from '../widgets/dynamic-combo.ts'
import type { InputSpec } from '../widgets/input-spec.ts'

const matchType = 'COMFY_MATCHTYPE_V3'

/**
 * The sockets of a node as the page has them after loading: first those that take links only, then those of widgets
 * (the inputs that an option of a dynamic combo brings follow the combo), then those that only the workflow knows.
 * Files leave out sockets of other versions, so the saved order alone would be wrong. Opening a file chooses the options
 * of dynamic combos anew, so sockets that the option does not bring go, whatever is linked to them.
 */
export function mergeInputs(
  node: WorkflowNode,
  spec: ClassSpec | undefined,
  widgets: readonly Widget[],
  frontend?: string,
): readonly LinkedInput[] {
  const saved = node.inputs ?? []
  if (!spec) return saved.map(fromSaved)
  const merged = new Map<string, LinkedInput>()
  const byName = new Map(saved.map((input) => [input.name, input]))
  const combos: string[] = []
  const isBrought = (name: string): boolean => combos.some((combo) => name.startsWith(`${combo}.`))
  const add = (input: InputSpec): void => {
    if (input.kind === 'autogrow') {
      // In newer frontends the links have been settled before.
      const isChosenAnew = isBrought(input.name) && !frontendSince(frontend, 1, 58)
      for (const entry of entriesOf(input, saved, isChosenAnew)) merged.set(entry.name, entry)
      return
    }
    if (input.socket !== false) merged.set(input.name, fromSpec(input, byName.get(input.name)))
    if (input.kind !== 'dynamic-combo') return
    combos.push(input.name)
    const choice = widgets.find(({ name }) => name === input.name)?.value
    for (const inner of chosenInputs(input, choice)) add(inner)
  }
  for (const input of spec.inputs) if (!holdsValue(input)) add(input)
  for (const input of spec.inputs) if (holdsValue(input)) add(input)
  for (const input of saved.map(fromSaved)) {
    const isStale = input.widget !== undefined && !widgets.some(({ name }) => name === input.widget)
    if (!isStale && !merged.has(input.name) && !isBrought(input.name)) merged.set(input.name, input)
  }
  return [...merged.values()]
}

function holdsValue({ kind }: InputSpec): boolean {
  return kind === 'widget' || kind === 'dynamic-combo'
}

/** The entries of a list that grows: the saved ones, else the empty ones that a new node has. */
function entriesOf(list: InputSpec, saved: readonly NodeInput[], isChosenAnew: boolean): readonly LinkedInput[] {
  const all = saved.filter(({ name }) => name.startsWith(`${list.name}.`))
  const kept = isChosenAnew ? keptEntries(list, all.map(withLinked)) : undefined
  const known = kept ? all.filter(({ name }) => kept.has(name)) : all
  const type = entryType(list)
  return known.length > 0
    ? known.map((entry) => (type === matchType ? fromSaved(entry) : { ...fromSaved(entry), type }))
    : newEntries(list)
}

function withLinked({ name, link }: NodeInput): { name: string; isLinked: boolean } {
  return { name, isLinked: link !== undefined && link !== null }
}

function fromSpec({ name, type, kind, options }: InputSpec, saved: NodeInput | undefined): LinkedInput {
  const widget = kind === 'socket' ? undefined : name
  return { name, type: type === matchType ? matchedType(saved, options) : type, widget, link: saved?.link ?? null }
}

/** A socket of a match type has the type of what hangs on it, before that what its template allows. */
function matchedType(saved: NodeInput | undefined, options: InputSpec['options']): string {
  if (saved) return typeName(saved.type)
  const template = options['template'] as { allowed_types?: unknown } | undefined
  return typeName(template?.allowed_types)
}

function fromSaved(input: NodeInput): LinkedInput {
  return {
    name: input.name,
    type: typeName(input.type),
    widget: input.widget ? (input.widget.name ?? input.name) : undefined,
    link: input.link ?? null,
  }
}
