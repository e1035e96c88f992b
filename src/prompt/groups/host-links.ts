import type { WorkflowNode } from '../../workflow/document.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import type { Widget } from '../graph.ts'
import { mergeInputs } from '../passes/merge-inputs.ts'
import type { Canvas } from '../passes/read-canvas.ts'
import { typeName } from '../type-name.ts'
import { typesMatch } from '../types-match.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import { layoutClass, type GroupInput, type GroupLayout } from './group-layout.ts'
import type { Group } from './read-groups.ts'
import type { Member, Unfolding } from './unfolding.ts'

/** What comes into a group from outside, and the values that its node holds. */
export type HostLinks = readonly HostLink[] & { readonly values: HostValues }

/** A link to the group's node that goes on to a socket of a member. */
interface HostLink {
  readonly name: string
  readonly member: number
  readonly socket: string
  readonly type: string
  readonly link: number
  /** The value of the primitive that the link comes from. */
  readonly primitive: { readonly value: unknown } | undefined
}

/** The value of a widget of the group's node, and that of the control behind it. */
type HostValues = ReadonlyMap<string, { readonly value: unknown; readonly control: Widget | undefined }>

/**
 * Finds which links of a group's node go on to which member. The page counts sockets where it should ask for their
 * names: links into widgets end at another widget, or nowhere, as soon as the group shows widgets before them. Its
 * prompts are followed there, since servers take them; links into plain sockets always arrive.
 */
export function hostLinks(
  host: WorkflowNode,
  group: Group,
  layout: GroupLayout,
  members: readonly Member[],
  canvas: Canvas,
  { index, warn }: Unfolding,
): HostLinks {
  const spec = layoutClass(group, layout)
  const widgets = readWidgets(spec, host)
  const sockets = mergeInputs(host, spec, widgets)
  const origins = new Map(
    sockets.flatMap(({ link }) => {
      const origin = link === null ? undefined : originOf(link, canvas, index)
      return origin && link !== null ? [[link, origin] as const] : []
    }),
  )
  const links: HostLink[] = []
  const kept = new Set<string>()
  for (const input of layout.inputs) {
    const socket = input.socket === undefined ? undefined : sockets[input.socket]
    const link = socket?.link ?? null
    const origin = link === null ? undefined : origins.get(link)
    const target = targetOf(input, members)
    if (!socket || link === null || !origin || !target) continue
    if (target.widget !== undefined && !typesMatch(origin.type, target.type)) continue
    const { name, member } = input
    links.push({ name, member, socket: target.name, type: target.type, link, primitive: origin.primitive })
    if (socket.name === name) kept.add(name)
    if (members[member]?.drawn.type === 'Reroute') warn('The page drops the link into its reroute; it is kept here.')
  }
  for (const { name, link } of sockets) {
    if (link !== null && origins.has(link) && !kept.has(name))
      warn(
        `The page loses the link into "${name}", a widget that was converted to an input, or moves it to another one.`,
      )
  }
  return Object.assign(links, { values: valuesOf(widgets, sockets, origins) })
}

interface Origin {
  readonly type: string
  readonly primitive: { readonly value: unknown } | undefined
}

function originOf(link: number, canvas: Canvas, index: DefinitionIndex): Origin | undefined {
  const origin = canvas.origin(link)
  if (!origin) return undefined
  if (origin.border) return { type: '*', primitive: undefined }
  const node = canvas.node(origin.node)
  if (!node) return undefined
  const type = typeName(index(node.type)?.definition.output?.[origin.slot] ?? node.outputs?.[origin.slot]?.type)
  const [value] = Array.isArray(node.widgets_values) ? (node.widgets_values as readonly unknown[]) : []
  return { type, primitive: node.type === 'PrimitiveNode' && value !== undefined ? { value } : undefined }
}

function targetOf(input: GroupInput, members: readonly Member[]) {
  const member = members[input.member]
  if (member?.drawn.type === 'Reroute' && !member.spec) return member.sockets[0]
  return member?.sockets.find(({ name }) => name === input.input)
}

/** A primitive outside writes into the widget of the group's node that it is linked to, whatever becomes of the link. */
function valuesOf(
  widgets: readonly Widget[],
  sockets: ReturnType<typeof mergeInputs>,
  origins: ReadonlyMap<number, Origin>,
): HostValues {
  const values = new Map<string, { value: unknown; control: Widget | undefined }>()
  for (const [at, { name, value }] of widgets.entries()) {
    const next = widgets[at + 1]
    values.set(name, { value, control: next?.name === 'control_after_generate' ? next : undefined })
  }
  for (const { name, link } of sockets) {
    const written = link === null ? undefined : origins.get(link)?.primitive
    const own = values.get(name)
    if (written && own) values.set(name, { ...own, value: written.value })
  }
  return values
}
