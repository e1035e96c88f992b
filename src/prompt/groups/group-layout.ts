import type { WorkflowNode } from '../../workflow/document.ts'
import { invalidWorkflow } from '../../workflow/invalid-workflow.ts'
import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import type { InputSpec } from '../widgets/input-spec.ts'
import { memberClass, type MemberClass } from './member-class.ts'
import { groupOf, type Group } from './read-groups.ts'

/** A socket or widget of a group's node, and the input of a member that it stands for. */
export interface GroupInput {
  readonly member: number
  readonly input: string
  /** The name that it has on the group's node. */
  readonly name: string
  readonly spec: InputSpec
  /** Which socket of the group's node the page takes for it; undefined for widgets that take no links. */
  readonly socket: number | undefined
}

/** What a group's node looks like. */
export interface GroupLayout {
  readonly inputs: readonly GroupInput[]
  readonly outputs: readonly { readonly member: number; readonly slot: number; readonly type: string }[]
}

/** The layouts of groups, each worked out once. */
export type GroupLayouts = (group: Group) => GroupLayout

/** More sockets than this only come from damaged files: groups that hold groups many times over. */
const maxSockets = 10_000

/** Groups may hold groups; deeper than this only damaged files go, and they are refused later. */
const maxDepth = 64

/**
 * Works out the sockets and widgets of a group's node, in the order in which the page makes them and the node's values
 * are saved: the members one after another, then the widgets that were inputs when the group was made. What is linked
 * inside does not show.
 */
export function groupLayouts(groups: ReadonlyMap<string, Group>, index: DefinitionIndex): GroupLayouts {
  const known = new Map<Group, GroupLayout>()
  const layOut = (group: Group, depth: number): GroupLayout => {
    const before = known.get(group)
    if (before) return before
    // Until it is done it shows nothing: one that contains itself is refused when it is taken apart.
    known.set(group, { inputs: [], outputs: [] })
    const classes = group.members.map((member) =>
      memberClass(group, member, index, (type): MemberClass | undefined => {
        const inner = depth < maxDepth ? groupOf(groups, type) : undefined
        if (!inner) return undefined
        const { inputs, outputs } = layOut(inner, depth + 1)
        return { inputs: inputs.map(({ name, spec }) => ({ ...spec, name })), outputs: outputs.map((out) => out.type) }
      }),
    )
    const layout = { inputs: inputsOf(group, classes), outputs: outputsOf(group, classes) }
    if (layout.inputs.length + layout.outputs.length > maxSockets)
      throw invalidWorkflow(`The group "${group.name}" unfolds to more than ${maxSockets} sockets.`)
    known.set(group, layout)
    return layout
  }
  return (group) => layOut(group, 0)
}

/** The class that a group's node has by its layout: what reads the values and sockets of nodes reads its too. */
export function layoutClass(group: Group, { inputs }: GroupLayout): ClassSpec {
  const specs = inputs.flatMap(({ name, spec }) => {
    const named = { ...spec, name }
    // The page lets a list of choices be filtered where it draws the next one.
    return spec.type === 'COMBO' && spec.options['control_after_generate'] ? [named, filterOf(name)] : [named]
  })
  return {
    name: group.name,
    definition: { name: group.name },
    title: group.name,
    inputs: specs,
    dynamicPrompts: new Set(),
  }
}

function filterOf(name: string): InputSpec {
  const rest = { options: {}, choices: undefined, local: true, socket: false } as const
  return { name: `${name} control_filter_list`, type: 'ANY', kind: 'widget', ...rest }
}

function inputsOf(group: Group, classes: readonly (MemberClass | undefined)[]): readonly GroupInput[] {
  const found = new Map<string, GroupInput>()
  const nameFor = namer(group)
  const late: (() => void)[] = []
  let sockets = 0
  const add = (member: WorkflowNode, spec: InputSpec, takesLinks: boolean): void => {
    const at = Number(member.id)
    const name = nameFor(member, spec.name)
    const hidden = group.inputChoices.get(`${at}:${spec.name}`)?.visible === false
    if (hidden && !isWidget(spec)) return
    const entry = { member: at, input: spec.name, name, spec: withControl(spec) }
    found.set(name, { ...entry, socket: takesLinks ? sockets : undefined })
    if (takesLinks) sockets += 1
  }
  const linked = (member: WorkflowNode, spec: InputSpec, slot: number): boolean => {
    const link = group.linkInto.get(`${Number(member.id)}:${slot}`)
    if (link && group.members[link.from]?.type === 'PrimitiveNode') drawnByPrimitive(found, link.from, spec)
    return link !== undefined
  }
  for (const [at, inner] of classes.entries()) {
    const member = group.members[at] as WorkflowNode
    const plain: InputSpec[] = []
    const converted: [number, InputSpec][] = []
    for (const spec of inner?.inputs ?? []) {
      const slot = isWidget(spec) ? socketOf(member, spec.name) : -1
      if (!isWidget(spec)) plain.push(spec)
      else if (slot === -1) add(member, spec, false)
      else converted.push([slot, spec])
    }
    for (const [place, spec] of plain.entries()) {
      const slot = (member.inputs ?? []).findIndex(({ name }) => name === spec.name)
      if (!linked(member, spec, slot === -1 ? place : slot)) add(member, spec, true)
    }
    late.push(() => {
      for (const [slot, spec] of converted.toSorted(([one], [other]) => one - other))
        if (!linked(member, spec, slot)) add(member, spec, true)
    })
  }
  for (const step of late) step()
  return [...found.values()]
}

/** The socket of a widget that takes links; -1 where files show none. */
function socketOf(member: WorkflowNode, widget: string): number {
  return (member.inputs ?? []).findIndex((input) => input.name === widget && input.widget?.name === widget)
}

function isWidget({ kind }: InputSpec): boolean {
  return kind === 'widget' || kind === 'dynamic-combo'
}

/** A seed has its control under whatever name the group gives it. */
function withControl(spec: InputSpec): InputSpec {
  const isSeed = spec.type === 'INT' && (spec.name === 'seed' || spec.name === 'noise_seed')
  return isSeed ? { ...spec, options: { ...spec.options, control_after_generate: true } } : spec
}

/** A primitive's widget is like that of the input which it feeds, with a control where the page can count or draw. */
function drawnByPrimitive(found: Map<string, GroupInput>, primitive: number, target: InputSpec): void {
  for (const [name, entry] of found) {
    if (entry.member !== primitive) continue
    const control = entry.spec.type === 'INT' || entry.spec.type === 'COMBO'
    const options = { ...target.options, ...(control ? { control_after_generate: true } : {}) }
    found.set(name, { ...entry, spec: { ...entry.spec, options, choices: entry.spec.choices ?? target.choices } })
  }
}

/** Gives every input of a member its name on the group's node: names that are taken get the member's title in front. */
function namer(group: Group): (member: WorkflowNode, input: string) => string {
  const seen = new Map<string, number>()
  return (member, input) => {
    const label = member.inputs?.find(({ name }) => name === input)?.['label']
    const chosen = group.inputChoices.get(`${member.id}:${input}`)?.name
    let name = chosen ?? (typeof label === 'string' ? label : input)
    let key = name
    if ((member.type === 'PrimitiveNode' && member.title) || seen.has(name)) {
      const title = member.title ?? member.type
      key = name = `${title} ${input}`
      const count = seen.get(name)
      if (count !== undefined) name = `${title} ${count} ${input}`
    }
    seen.set(key, (seen.get(key) ?? 1) + 1)
    return name
  }
}

function outputsOf(group: Group, classes: readonly (MemberClass | undefined)[]): GroupLayout['outputs'] {
  return classes.flatMap((inner, member) =>
    (inner?.outputs ?? []).flatMap((type, slot) => {
      const isInner = group.linksFrom.get(member)?.some((link) => link.slot === slot) ?? false
      const shown = !isInner || group.external.has(`${member}:${slot}`)
      return (group.outputChoices.get(`${member}:${slot}`)?.visible ?? shown) ? [{ member, slot, type }] : []
    }),
  )
}
