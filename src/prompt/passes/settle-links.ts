import type { LinkObject, LinkTuple, NodeInput, WorkflowNode } from '../../workflow/document.ts'
import { isTuple, outputBorder } from '../../workflow/links.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import { frontendSince } from '../frontend-version.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import { isDynamic, openedLinks } from './opened-links.ts'

type Link = LinkTuple | LinkObject

interface Drawn {
  readonly nodes?: readonly WorkflowNode[] | undefined
  readonly links?: readonly Link[] | undefined
}

interface End {
  readonly id: number
  readonly origin: string
  readonly target: string
  readonly slot: number
}

/**
 * Makes one of the two places in which a file says where a link ends: the table of links, and the sockets of the nodes.
 * Older frontends follow the sockets. Newer ones follow the table where the two disagree, except that a socket of the
 * right node that names the link has it, whatever its place is; of several links into one place one is left. On the way
 * they lose or move links of nodes whose sockets come and go.
 */
export function settleLinks<Canvas extends Drawn>(
  canvas: Canvas,
  index: DefinitionIndex,
  frontend: string | undefined,
): Canvas {
  if (!frontendSince(frontend, 1, 58)) return canvas
  const { nodes = [], links = [] } = canvas
  const ends = firstOfEachId(links)
  const isSettled = ends.length === links.length && agree(nodes, ends)
  if (isSettled && !nodes.some(({ type }) => isDynamic(index(type)))) return canvas
  const { kept, instead } = oneIntoEachPlace(ends, new Set(nodes.flatMap(linkIds)))
  const byNode = new Map<string, End[]>()
  for (const end of kept) byNode.set(end.target, [...(byNode.get(end.target) ?? []), end])
  const ids = new Set(kept.map(({ id }) => id))
  const once = new Set<number>()
  return {
    ...canvas,
    nodes: nodes.map((node) => {
      const into = byNode.get(String(node.id)) ?? []
      if (isDynamic(index(node.type))) return asOpened(node, into, instead, index)
      return isSettled ? node : withLinks(node, into, instead)
    }),
    links: links.filter((link) => {
      const id = link && endOf(link).id
      return link && ids.has(id) && !once.has(id) && once.add(id)
    }),
  }
}

/** Whether sockets and table say the same, as they do in nearly all files. */
function agree(nodes: readonly WorkflowNode[], ends: readonly End[]): boolean {
  const places = new Map(ends.map(({ id, target, slot }) => [`${target}:${slot}`, id]))
  let named = 0
  for (const { id: node, inputs } of nodes) {
    for (const [slot, { link }] of (inputs ?? []).entries()) {
      if (link === null || link === undefined) continue
      if (places.get(`${node}:${slot}`) !== link) return false
      named += 1
    }
  }
  const inside = ends.filter(({ target }) => target !== String(outputBorder))
  return named === inside.length && places.size === ends.length
}

function firstOfEachId(links: readonly Link[]): readonly End[] {
  const ends = new Map<number, End>()
  for (const link of links) {
    const end = link && endOf(link)
    if (end && !ends.has(end.id)) ends.set(end.id, end)
  }
  return [...ends.values()]
}

/** The first link into a place stays, unless a socket names only a later one. What named another one names it now. */
function oneIntoEachPlace(
  ends: readonly End[],
  named: ReadonlySet<number>,
): { readonly kept: readonly End[]; readonly instead: ReadonlyMap<number, number> } {
  const kept = new Map<string, End>()
  const instead = new Map<number, number>()
  for (const end of ends) {
    const place = `${end.target}:${end.slot}`
    const before = kept.get(place)
    const isBetter = before && before.origin !== end.origin && named.has(end.id) && !named.has(before.id)
    if (!before || isBetter) kept.set(place, end)
    if (before) instead.set(isBetter ? before.id : end.id, isBetter ? end.id : before.id)
  }
  return { kept: [...kept.values()], instead }
}

/** Links whose socket is another one than the table says move there, if no link stands in their way. */
function withLinks(node: WorkflowNode, ends: readonly End[], instead: ReadonlyMap<number, number>): WorkflowNode {
  const sockets = node.inputs ?? []
  const wanted = new Map<End, number>()
  for (const end of ends) {
    const names = sockets.filter(({ link }) => newest(link, instead) === end.id).map(({ name }) => name)
    const here = sockets[end.slot]?.name
    const isRight = names.length === 0 || (here !== undefined && names.includes(here))
    wanted.set(end, isRight ? end.slot : sockets.findIndex(({ name }) => names.includes(name)))
  }
  const staying = new Set(ends.filter((end) => wanted.get(end) === end.slot).map(({ slot }) => slot))
  const links = new Map<number, number>()
  for (const [end, slot] of wanted) links.set(slot !== end.slot && staying.has(slot) ? end.slot : slot, end.id)
  return { ...node, inputs: sockets.map((socket, slot): NodeInput => ({ ...socket, link: links.get(slot) ?? null })) }
}

/** The sockets of such a node change while the file is opened, and with them the places that the table tells of. */
function asOpened(
  node: WorkflowNode,
  ends: readonly End[],
  instead: ReadonlyMap<number, number>,
  index: DefinitionIndex,
): WorkflowNode {
  const spec = index(node.type)
  if (!spec || ends.length === 0) return node
  const saved = (node.inputs ?? []).map((input) => ({ ...input, link: newest(input.link, instead) ?? null }))
  const values = new Map(readWidgets(spec, node).map(({ name, value }) => [name, value]))
  const links = openedLinks(spec, saved, values, new Map(ends.map(({ id, slot }) => [slot, id])))
  const names = new Set(saved.map(({ name }) => name))
  const added = [...links].filter(([name]) => !names.has(name))
  const inputs = saved.map((input): NodeInput => ({ ...input, link: links.get(input.name) ?? null }))
  return { ...node, inputs: [...inputs, ...added.map(([name, link]): NodeInput => ({ name, type: '*', link }))] }
}

function newest(link: number | null | undefined, instead: ReadonlyMap<number, number>): number | undefined {
  let id = link ?? undefined
  for (let hops = 0; id !== undefined && instead.has(id) && hops <= instead.size; hops += 1) id = instead.get(id)
  return id
}

function linkIds({ inputs }: WorkflowNode): readonly number[] {
  return (inputs ?? []).flatMap(({ link }) => link ?? [])
}

function endOf(link: Link): End {
  const [id, from, out, to, slot] = isTuple(link)
    ? link
    : ([link.id, link.origin_id, link.origin_slot, link.target_id, link.target_slot] as const)
  return { id, origin: `${from}:${out}`, target: String(to), slot: Number(slot) }
}
