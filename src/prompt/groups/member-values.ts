import type { WorkflowNode } from '../../workflow/document.ts'
import type { Widget } from '../graph.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import type { GroupLayout } from './group-layout.ts'
import type { HostLinks } from './host-links.ts'
import type { InnerLink } from './inner-links.ts'
import { isListedChoice } from './listed-choices.ts'
import type { Group } from './read-groups.ts'
import type { Member, Unfolding } from './unfolding.ts'

type Values = WorkflowNode['widgets_values']

/**
 * The values of the members' widgets: what the group's node holds goes before what the member holds itself. A primitive
 * among them takes the value of the first widget that it feeds: the page makes its widget anew and forgets what the
 * group's node held for it, except for texts of several lines, which it writes at once.
 */
export function memberValues(
  group: Group,
  layout: GroupLayout,
  members: readonly Member[],
  outside: HostLinks,
  inside: readonly InnerLink[],
  { index, warn }: Unfolding,
): (member: number) => Values {
  const given = new Map<number, Map<string, Widget>>()
  const give = (member: number, widget: Widget): void => {
    const known = given.get(member) ?? new Map<string, Widget>()
    given.set(member, known.set(widget.name, widget))
  }
  const primitives = new Map<number, unknown>()
  for (const { member, input, name } of layout.inputs) {
    const held = outside.values.get(name)
    if (!held) continue
    if (group.members[member]?.type === 'PrimitiveNode') primitives.set(member, held.value)
    else give(member, { name: input, value: held.value })
    if (held.control) give(member, { name: 'control_after_generate', value: held.control.value })
  }
  for (const { member, socket, primitive } of outside)
    if (primitive) give(member, { name: socket, value: primitive.value })

  const widgetsOf = (at: number): readonly Widget[] => {
    const { spec, drawn } = members[at] as Member
    const own = given.get(at)
    return spec
      ? readWidgets(spec, drawn).map((widget) => ({ ...widget, value: (own?.get(widget.name) ?? widget).value }))
      : []
  }
  const primitiveValue = (at: number): readonly unknown[] | undefined => {
    const target = inside.find(({ from }) => from === at)
    const fed = target && widgetsOf(target.to).find(({ name }) => name === target.socket)
    if (!target || !fed) return undefined
    const isText = fed.spec?.type === 'STRING' && fed.spec.options['multiline'] === true
    const isGiven = given.get(target.to)?.has(target.socket) ?? false
    const held = primitives.get(at)
    if (primitives.has(at) && isText && !isGiven) return [held]
    if (primitives.has(at) && isListedChoice(group.members[target.to]?.type ?? '', target.socket, index)) {
      warn('The page mixes up the values of a group whose primitive holds a choice; they are taken as they were saved.')
      return [held]
    }
    if (primitives.has(at) && held !== fed.value)
      warn(`The page forgets the value ${said(held)} of its primitive and uses ${said(fed.value)}.`)
    return [fed.value]
  }
  return (at) => {
    const { spec, drawn } = members[at] as Member
    if (!spec && drawn.type === 'PrimitiveNode') return primitiveValue(at) ?? drawn.widgets_values
    return spec ? Object.fromEntries(widgetsOf(at).map(({ name, value }) => [name, value])) : drawn.widgets_values
  }
}

/** A value as a message shows it; seeds may be larger than JSON of this language holds. */
function said(value: unknown): string {
  return typeof value === 'bigint' ? value.toString() : typeof value === 'object' ? 'something' : JSON.stringify(value)
}
