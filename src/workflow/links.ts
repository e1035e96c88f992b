import type { LinkObject, LinkTuple, NodeId } from './document.ts'

/** Inside a subgraph, links from its inputs start at this node id, links to its outputs end at the other. */
export const inputBorder = -10
export const outputBorder = -20

/** Whether a link has the form of version 0.4. */
export function isTuple(link: LinkTuple | LinkObject): link is LinkTuple {
  return Array.isArray(link)
}

/** A link in its own form between the same nodes by other ids. Some versions leave null where a link was deleted. */
export function withEnds(link: LinkTuple | LinkObject, idOf: (id: NodeId) => NodeId): LinkTuple | LinkObject {
  if (!link) return link
  if (isTuple(link)) return [link[0], idOf(link[1]), link[2], idOf(link[3]), link[4], link[5]]
  return { ...link, origin_id: idOf(link.origin_id), target_id: idOf(link.target_id) }
}
