import type { NodeInput, NodeOutput, Workflow, WorkflowNode } from '../../workflow/document.ts'
import { typeName } from '../type-name.ts'

/** A group of older ComfyUI: the nodes that every node of type `workflow>NAME` stands for. */
export interface Group {
  readonly name: string
  /** Their place in the list is their id. Links are not kept in their sockets. */
  readonly members: readonly WorkflowNode[]
  /** Links between members, and the same by where they start (`member`) and end (`member:at`). */
  readonly links: readonly GroupLink[]
  readonly linksFrom: ReadonlyMap<number, readonly GroupLink[]>
  readonly linkInto: ReadonlyMap<string, GroupLink>
  /** Whether there were links whose ends are not in the group. */
  readonly isDamaged: boolean
  /** Outputs that were linked outside as well when the group was made, as `member:slot`, with the type of the link. */
  readonly external: ReadonlyMap<string, string>
  /** What the user renamed or hid: `member:input`, and `member:slot` for outputs. */
  readonly inputChoices: ReadonlyMap<string, SocketChoice>
  readonly outputChoices: ReadonlyMap<string, SocketChoice>
}

/** A link between two members. */
export interface GroupLink {
  readonly from: number
  readonly slot: number
  readonly to: number
  /** The place among the sockets of the member as saved. */
  readonly at: number
  readonly type: string | undefined
}

/** What the user chose for a socket of a group. */
interface SocketChoice {
  readonly name?: string
  readonly visible?: boolean
}

/** The groups of a workflow by the type of their nodes. What is damaged in them is left out. */
export function readGroups(workflow: Workflow): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  for (const [name, raw] of entries(workflow.extra?.['groupNodes'])) {
    groups.set(`workflow>${name}`, readGroup(name, record(raw) ?? {}))
  }
  return groups
}

/** The group that a node stands for. The oldest files write its type with a slash. */
export function groupOf(groups: ReadonlyMap<string, Group>, type: string): Group | undefined {
  return groups.get(type.replace(/^workflow\//, 'workflow>'))
}

function readGroup(name: string, raw: Readonly<Record<string, unknown>>): Group {
  const members = list(raw['nodes']).map(readMember)
  const rawLinks = list(raw['links']).map(list)
  const isMember = (at: unknown): at is number => typeof at === 'number' && members[at] !== undefined
  const links = rawLinks.flatMap(([from, slot, to, at, , type]): GroupLink[] => {
    if (!isMember(from) || !isMember(to)) return []
    return [{ from, slot: Number(slot), to, at: Number(at), type: typeof type === 'string' ? type : undefined }]
  })
  const external = new Map<string, string>()
  for (const one of list(raw['external'])) {
    const [member, slot, type] = list(one)
    if (type !== null && type !== undefined) external.set(`${Number(member)}:${Number(slot)}`, typeName(type))
  }
  const linksFrom = new Map<number, GroupLink[]>()
  for (const link of links) {
    const known = linksFrom.get(link.from)
    if (known) known.push(link)
    else linksFrom.set(link.from, [link])
  }
  return {
    name,
    members,
    links,
    linksFrom,
    linkInto: new Map(links.map((link) => [`${link.to}:${link.at}`, link])),
    // Links from outside may be listed too: they have no first end.
    isDamaged: rawLinks.some(([from, , to]) => from !== null && !(isMember(from) && isMember(to))),
    external,
    inputChoices: choices(raw['config'], 'input'),
    outputChoices: choices(raw['config'], 'output'),
  }
}

/** Links count members, so one that is no node keeps its place. */
function readMember(raw: unknown, at: number): WorkflowNode {
  const member = record(raw) ?? {}
  const { title, type, inputs, outputs, ...rest } = member
  return {
    ...rest,
    id: at,
    type: typeof type === 'string' ? type : 'unknown',
    ...(typeof title === 'string' ? { title } : {}),
    inputs: list(inputs).flatMap((socket) => readInput(record(socket))),
    outputs: list(outputs).flatMap((socket): NodeOutput[] => {
      const read = record(socket)
      const name = read?.['name']
      return read ? [{ ...read, name: typeof name === 'string' ? name : '', type: read['type'], links: [] }] : []
    }),
  }
}

function readInput(socket: Readonly<Record<string, unknown>> | undefined): readonly NodeInput[] {
  const { name, type, widget: raw, ...rest } = socket ?? {}
  if (typeof name !== 'string') return []
  const widget = record(raw)?.['name']
  return [{ ...rest, name, type, link: null, ...(typeof widget === 'string' ? { widget: { name: widget } } : {}) }]
}

function choices(config: unknown, side: 'input' | 'output'): ReadonlyMap<string, SocketChoice> {
  const found = new Map<string, SocketChoice>()
  for (const [member, sides] of entries(config)) {
    for (const [socket, raw] of entries(record(sides)?.[side])) {
      const { name, visible } = record(raw) ?? {}
      found.set(`${member}:${socket}`, {
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof visible === 'boolean' ? { visible } : {}),
      })
    }
  }
  return found
}

function record(raw: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    ? (raw as Readonly<Record<string, unknown>>)
    : undefined
}

function entries(raw: unknown): readonly [string, unknown][] {
  return typeof raw === 'object' && raw !== null ? Object.entries(raw) : []
}

function list(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? Array.from(raw as unknown[]) : []
}
