import { typesMatch } from '../types-match.ts'
import { typeName } from '../type-name.ts'
import type { GroupLink, Group } from './read-groups.ts'
import type { Member, MemberSocket, Unfolding } from './unfolding.ts'

/** A link between two members, with the name of the socket at which it ends. */
export interface InnerLink {
  readonly from: number
  readonly slot: number
  readonly to: number
  readonly socket: string
  readonly type: string
}

const nowhere = 'Links inside that lead nowhere are left out; the page may leave the group in pieces.'

/**
 * The links between members that the page makes. It looks for the socket at the saved place among all that the node has
 * now, with those of all widgets, so links into widgets may end at another one or nowhere; they are followed, since
 * servers take such prompts. Links into plain sockets go where the file has them.
 */
export function innerLinks(group: Group, members: readonly Member[], { warn }: Unfolding): readonly InnerLink[] {
  const made = new Map<string, InnerLink>()
  if (group.isDamaged) warn(nowhere)
  for (const link of group.links) {
    const { from, slot, to } = link
    const type = outputType(members[from], slot)
    const socket = type === undefined ? undefined : socketOf(link, members[to] as Member, type, warn)
    if (type === undefined) warn(nowhere)
    if (type === undefined || !socket) continue
    const key = `${to}:${socket.name}`
    made.delete(key)
    made.set(key, { from, slot, to, socket: socket.name, type })
  }
  return [...made.values()]
}

function outputType(member: Member | undefined, slot: number): string | undefined {
  const defined = member?.spec?.definition.output
  const saved = member?.drawn.outputs?.[slot]
  const type = defined
    ? defined[slot]
    : (saved?.type ?? (member?.drawn.type === 'Reroute' && slot === 0 ? '*' : undefined))
  return type === undefined ? undefined : typeName(type)
}

function socketOf(
  { at }: GroupLink,
  { drawn, sockets }: Member,
  type: string,
  warn: Unfolding['warn'],
): MemberSocket | undefined {
  const saved = drawn.inputs?.[at]
  const named = saved ? sockets.find(({ name }) => name === saved.name) : undefined
  const placed = sockets[at]
  if (named && named.widget === undefined) return named
  if (!named && !placed) warn(nowhere)
  const found = placed && (placed.widget === undefined ? !named : typesMatch(type, placed.type)) ? placed : undefined
  if (named && found !== named)
    warn(`Inside, the page loses the link into "${named.name}" of ${drawn.type}, or moves it to another widget.`)
  return found
}
