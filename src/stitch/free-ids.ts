import type { NodeId } from '../workflow/document.ts'

/** The highest ids of a drawing that grows. Node ids are unique over all its canvases, the others on the main one. */
export interface FreeIds {
  node: number
  link: number
  reroute: number
  group: number
  readonly subgraphs: Set<string>
}

export function freeIds(): FreeIds {
  return { node: 0, link: 0, reroute: 0, group: 0, subgraphs: new Set() }
}

/**
 * New ids for the nodes of a workflow: the same numbers, moved behind all that are taken, so that people find them
 * again. What is no whole number gets the next free one.
 */
export function moveNodeIds(nodes: Iterable<NodeId>, free: FreeIds): ReadonlyMap<string, NodeId> {
  const offset = free.node
  const ids = new Map<string, NodeId>()
  const odd: string[] = []
  for (const id of nodes) {
    const number = Number(id)
    if (Number.isSafeInteger(number) && number >= 0 && String(number) === String(id)) {
      ids.set(String(id), number + offset)
      free.node = Math.max(free.node, number + offset)
    } else odd.push(String(id))
  }
  for (const id of odd) if (!ids.has(id)) ids.set(id, (free.node += 1))
  return ids
}

/** A free id for a subgraph that looks like the one it had. Not by chance: the same workflows give the same result. */
export function subgraphId(id: string, { subgraphs }: FreeIds): string {
  let free = id
  const [, head = '', tail = ''] = /^(.*-)([0-9a-f]{12})$/i.exec(id) ?? []
  for (let count = 1; subgraphs.has(free); count += 1) {
    const next = (BigInt(`0x${tail || '0'}`) + BigInt(count)) % 2n ** 48n
    free = tail === '' ? `${id}-${count + 1}` : head + next.toString(16).padStart(12, '0')
  }
  subgraphs.add(free)
  return free
}
