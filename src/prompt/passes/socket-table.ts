/** A socket, told from others of the same name by identity. */
export interface Socket {
  readonly name: string
}

/** The sockets of one node in order, and the links by the places at which they end. */
export interface SocketTable {
  sockets: Socket[]
  readonly links: Map<number, number>
}

export function socketTable(names: readonly string[], places: ReadonlyMap<number, number>): SocketTable {
  return { sockets: names.map((name) => ({ name })), links: new Map(places) }
}

/** Which link each socket has now: the one at its place. */
export function linksOf({ sockets, links }: SocketTable): Map<Socket, number> {
  const found = new Map<Socket, number>()
  for (const [place, socket] of sockets.entries()) {
    const link = links.get(place)
    if (link !== undefined) found.set(socket, link)
  }
  return found
}

/**
 * Brings the links to the places where their sockets are now. Links of sockets that were there `before` and are not any
 * more are lost. Where a place is taken by a link that no socket has, the sockets become again what they were.
 */
export function relay(table: SocketTable, before: readonly Socket[], wanted: ReadonlyMap<Socket, number>): boolean {
  const moves = new Map<number, number>()
  for (const [place, socket] of table.sockets.entries()) {
    const link = wanted.get(socket)
    if (link !== undefined) moves.set(place, link)
  }
  const moving = new Set(moves.values())
  const lost = before.flatMap((socket) => wanted.get(socket) ?? []).filter((link) => !moving.has(link))
  const leaving = new Set([...moving, ...lost])
  const isFree = (place: number): boolean => {
    const there = table.links.get(place)
    return there === undefined || leaving.has(there)
  }
  if (![...moves.keys()].every(isFree)) {
    table.sockets = [...before]
    return false
  }
  for (const [place, link] of table.links) if (leaving.has(link)) table.links.delete(place)
  for (const [place, link] of moves) table.links.set(place, link)
  return true
}
