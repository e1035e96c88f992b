import type { NodeInput } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import { entryName, entryPlace, newEntries } from '../widgets/autogrow.ts'
import { chosenInputs, firstKey, hasKey } from '../widgets/dynamic-combo.ts'
import type { InputSpec } from '../widgets/input-spec.ts'
import { linksOf, relay, socketTable, type Socket, type SocketTable } from './socket-table.ts'

/** Whether sockets of a class come and go. */
export function isDynamic(spec: ClassSpec | undefined): boolean {
  return spec?.inputs.some(({ kind }) => kind === 'dynamic-combo' || kind === 'autogrow') ?? false
}

/** A node while newer frontends (1.58) open it: its sockets and the lists that they know to grow. */
interface Opening {
  readonly table: SocketTable
  readonly lists: Map<string, InputSpec>
}

/**
 * The links of a node whose sockets come and go, by the names of sockets, once a newer frontend has opened it. There a
 * link hangs on a place, not on a socket: it stays at its place while sockets are put into another order, and a socket
 * takes the link with it that it finds at its place. Links whose sockets are gone for a while are lost.
 *
 * `values` are those of the node's widgets, `places` the links by the places that the file tells of.
 */
export function openedLinks(
  { inputs }: ClassSpec,
  saved: readonly NodeInput[],
  values: ReadonlyMap<string, unknown>,
  places: ReadonlyMap<number, number>,
): ReadonlyMap<string, number> {
  const lists = new Map<string, InputSpec>()
  const fresh = inOrder(inputs).flatMap((input) => newSockets(input, lists))
  const extra = saved.map(({ name }) => name).filter((name) => !fresh.includes(name))
  const opening: Opening = { table: socketTable([...fresh, ...extra], places), lists }
  const { table } = opening
  const named = new Map(saved.map(({ name, link }) => [name, link]))
  const alive = new Set(places.values())
  const first = table.sockets.map(({ name }) => named.get(name))
  for (let at = 0; at < table.sockets.length; at += 1) {
    const link = first[at]
    if (typeof link === 'number' && alive.has(link)) grow(opening, at)
  }
  const combos = inputs.filter(({ kind }) => kind === 'dynamic-combo')
  const single = saved.filter(({ name }) => !lists.has(groupOf(name)))
  if (single.some(({ name }) => combos.some((combo) => combo.name === groupOf(name)))) realign(opening, single)
  for (const combo of combos) choose(opening, combo, values)
  realign(opening, saved)
  const links = new Map<string, number>()
  for (const [{ name }, link] of linksOf(table)) if (!links.has(name)) links.set(name, link)
  return links
}

/** Sockets that take links only come before those of widgets. */
function inOrder(inputs: readonly InputSpec[]): readonly InputSpec[] {
  const isWidget = ({ kind }: InputSpec): boolean => kind === 'widget' || kind === 'dynamic-combo'
  return [...inputs.filter((input) => !isWidget(input)), ...inputs.filter(isWidget)]
}

/** The sockets of a new node; what an option brings comes before the combo there. */
function newSockets(input: InputSpec, lists: Map<string, InputSpec>): readonly string[] {
  if (input.kind === 'autogrow') {
    lists.set(input.name, input)
    return newEntries(input).map(({ name }) => name)
  }
  const own = input.socket === false ? [] : [input.name]
  if (input.kind !== 'dynamic-combo') return own
  return [...chosenInputs(input, firstKey(input)).flatMap((inner) => newSockets(inner, lists)), ...own]
}

/** Chooses the saved option: the sockets of the one before go, its own come, and take over links from those of their names. */
function choose(opening: Opening, combo: InputSpec, values: ReadonlyMap<string, unknown>): void {
  const { table } = opening
  const value = values.get(combo.name)
  const before = [...table.sockets]
  const links = linksOf(table)
  const isInside = ({ name }: Socket): boolean => name.startsWith(`${combo.name}.`)
  table.sockets = before.filter((socket) => !isInside(socket))
  if (!hasKey(combo, value)) {
    relay(table, before, links)
    return
  }
  const stay = table.sockets.length
  const chosen = chosenInputs(combo, value)
  for (const inner of chosen) bring(opening, inner)
  const brought = table.sockets.splice(stay)
  table.sockets.splice(table.sockets.findIndex(({ name }) => name === combo.name) + 1, 0, ...brought)
  for (const gone of before.filter(isInside)) {
    const successor = table.sockets.find(({ name }) => name === gone.name)
    const link = links.get(gone)
    if (successor && link !== undefined) links.set(successor, link)
  }
  if (!relay(table, before, links)) return
  for (const socket of table.sockets.filter((one) => links.has(one) && !before.includes(one))) {
    const at = table.sockets.indexOf(socket)
    if (at !== -1) grow(opening, at)
  }
  for (const inner of chosen) if (inner.kind === 'dynamic-combo') choose(opening, inner, values)
}

function bring(opening: Opening, input: InputSpec): void {
  const { table, lists } = opening
  if (input.kind === 'autogrow') {
    lists.set(input.name, input)
    for (const place of newEntries(input).keys()) addEntry(opening, input, place)
  } else for (const name of newSockets(input, lists)) table.sockets.push({ name })
}

/** A list shows one entry more as soon as one is linked. */
function grow(opening: Opening, at: number): void {
  const name = opening.table.sockets[at]?.name ?? ''
  const list = opening.lists.get(groupOf(name))
  const place = list && entryPlace(list, name)
  if (list && place !== undefined) addEntry(opening, list, place + 1)
}

/** Puts an entry behind the one before it. One of that name that is there already gives way, and its link to the new one. */
function addEntry({ table }: Opening, list: InputSpec, place: number): void {
  const name = entryName(list, place)
  if (name === undefined) return
  const before = [...table.sockets]
  const links = linksOf(table)
  const entry: Socket = { name }
  for (const same of before.filter((socket) => socket.name === name)) {
    const link = links.get(same)
    if (link !== undefined && !links.has(entry)) links.set(entry, link)
  }
  table.sockets = before.filter((socket) => socket.name !== name)
  const previous = entryName(list, place - 1)
  const behind = previous === undefined ? -1 : table.sockets.findLastIndex((one) => one.name.startsWith(previous))
  table.sockets.splice(behind === -1 ? table.sockets.length : behind + 1, 0, entry)
  relay(table, before, links)
}

/** Moves links to the sockets that name them in the file. A link whose socket is gone gives way, any other does not. */
function realign(opening: Opening, saved: readonly NodeInput[]): void {
  const { table } = opening
  const wanted = new Map<number, string[]>()
  for (const { name, link } of saved) {
    if (typeof link === 'number') wanted.set(link, [...(wanted.get(link) ?? []), name])
  }
  const known = new Set(table.links.values())
  const last = new Map([...table.links].map(([slot, link]) => [link, slot]))
  const given = new Set<number>()
  for (let round = 0; round <= wanted.size * 2; round += 1) {
    const moves = new Map<number, number>()
    for (const [link, names] of wanted) {
      if (given.has(link) || !known.has(link)) continue
      const slots = [...table.sockets.keys()].filter((slot) => names.includes(table.sockets[slot]!.name))
      const slot = slots.includes(last.get(link)!) ? last.get(link)! : slots[0]
      if (slot !== undefined && slot !== last.get(link)) moves.set(link, slot)
    }
    if (moves.size === 0) return
    const lost = [...wanted]
      .filter(([, names]) => !table.sockets.some(({ name }) => names.includes(name)))
      .map(([link]) => link)
      .filter((link) => table.links.get(last.get(link) ?? -1) === link && [...moves.values()].includes(last.get(link)!))
    const leaving = new Set([...moves.keys(), ...lost])
    const isFree = (slot: number): boolean => {
      const there = table.links.get(slot)
      return there === undefined || leaving.has(there)
    }
    const isOwned = [...moves.keys()].every((link) => table.links.get(last.get(link)!) === link)
    if (!isOwned || ![...moves.values()].every(isFree)) {
      const blocked = [...moves].filter(([, slot]) => !isFree(slot))
      for (const [link] of blocked.length > 0 ? blocked : moves) given.add(link)
      continue
    }
    for (const link of leaving) table.links.delete(last.get(link)!)
    for (const [link, slot] of moves) {
      table.links.set(slot, link)
      last.set(link, slot)
    }
    for (const slot of moves.values()) grow(opening, slot)
    for (const [slot, link] of table.links) last.set(link, slot)
  }
}

function groupOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}
