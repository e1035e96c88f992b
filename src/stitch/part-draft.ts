import { uniqueNodeIds } from '../prompt/passes/unique-node-ids.ts'
import type { NodeId, Workflow } from '../workflow/document.ts'
import { draftCanvas, list, record, type CanvasDraft, type NodeDraft } from './canvas-draft.ts'
import { moveNodeIds, subgraphId, type FreeIds } from './free-ids.ts'
import { keepFileNamesApart } from './keep-file-names-apart.ts'
import { keepChannelsApart } from './keep-channels-apart.ts'
import { placeSubgraphs, type SubgraphShelf } from './place-subgraphs.ts'
import { sameJson } from './same-json.ts'
import { renumber, type SubgraphDraft } from './subgraph-draft.ts'

/** One workflow of several, with ids that are free in the drawing to come. */
export interface PartDraft {
  readonly label: string
  readonly workflow: Workflow
  readonly canvas: CanvasDraft
  readonly groups: Record<string, unknown>[]
  /** The group nodes of older files, by their names in the drawing to come. */
  readonly groupNodes: ReadonlyMap<string, unknown>
  /** The subgraph that a node stands for. */
  subgraphOf(node: NodeDraft): SubgraphDraft | undefined
  /** The id now of a node on the main canvas, or inside a subgraph, by its id in the prompt of this workflow alone. */
  idOn(subgraph: SubgraphDraft | undefined, id: string): NodeId
  /** The same for a whole id in that prompt, `outer:inner`. */
  idOf(promptId: string): string
}

/** What all parts share while they are put together. */
export interface Drawing {
  readonly free: FreeIds
  readonly shelf: SubgraphShelf
  readonly channels: Set<string>
  /** Names by which names of files may speak of nodes. */
  readonly fileNames: Set<string>
  readonly groupNodes: Map<string, unknown>
}

/** Gives a workflow ids of its own in a drawing: nodes, links, native reroutes, groups, subgraphs, channels of Get and Set. */
export function draftPart(drawn: Workflow, label: string, drawing: Drawing): PartDraft {
  const { free, shelf } = drawing
  const workflow = uniqueNodeIds(drawn)
  const canvas = draftCanvas(workflow)
  const placed = placeSubgraphs(drawn, workflow, shelf, (id) => subgraphId(id, free))
  const own = placed.own.map(({ canvas: inner }) => inner)
  const all = [canvas, ...own]
  const ids = new Map(
    moveNodeIds(
      all.flatMap(({ nodes }) => nodes.map(({ id }) => id)),
      free,
    ),
  )
  const newId = (id: NodeId): NodeId => {
    if (typeof id === 'number' && id < 0) return id // borders and loose ends
    const known = ids.get(String(id))
    if (known !== undefined) return known
    // A link to a node that is not there: its id must not become that of another one.
    const fresh = (free.node += 1)
    ids.set(String(id), fresh)
    return fresh
  }
  const groupNodes = placeGroupNodes(workflow, drawing.groupNodes)
  for (const one of all) {
    renumber(one, newId, (type) => {
      const subgraph = placed.byType.get(type)
      return subgraph && ((id) => placed.shared.get(subgraph)?.get(id) ?? newId(id))
    })
    for (const node of one.nodes) {
      node.type = placed.byType.get(node.type)?.id ?? groupNodes.types.get(node.type.replace(/^workflow\//, 'workflow>')) ?? node.type // prettier-ignore
    }
  }
  for (const subgraph of placed.own) subgraph.ids = ids
  moveLinks(canvas, free)
  keepChannelsApart(all, drawing.channels)
  keepFileNamesApart(all, drawing.fileNames)
  const subgraphOf = (node: NodeDraft): SubgraphDraft | undefined => shelf.drafts.get(node.type)
  const idOn = (subgraph: SubgraphDraft | undefined, id: string): NodeId =>
    (subgraph ? (placed.shared.get(subgraph) ?? subgraph.ids) : ids).get(id) ?? id
  let byId: ReadonlyMap<NodeId, NodeDraft> | undefined
  return {
    label,
    workflow,
    canvas,
    groups: moveGroups(workflow, free),
    groupNodes: groupNodes.byName,
    subgraphOf,
    idOn,
    idOf: (promptId) => {
      if (!promptId.includes(':')) return String(idOn(undefined, promptId))
      let nodes: readonly NodeDraft[] | undefined
      let subgraph: SubgraphDraft | undefined
      const path = promptId.split(':').map((id, depth) => {
        const now = depth > 0 && !subgraph ? id : idOn(subgraph, id)
        byId ??= new Map(canvas.nodes.map((node) => [node.id, node]))
        const node: NodeDraft | undefined = depth === 0 ? byId.get(now) : nodes?.find((one) => one.id === now)
        subgraph = node && subgraphOf(node)
        nodes = subgraph?.canvas.nodes
        return now
      })
      return path.join(':')
    },
  }
}

function moveLinks(canvas: CanvasDraft, free: FreeIds): void {
  const { link: links, reroute: reroutes } = free
  const move = (id: number): number => {
    free.link = Math.max(free.link, id + links)
    return id + links
  }
  const moveReroute = (id: number): number => {
    free.reroute = Math.max(free.reroute, id + reroutes)
    return id + reroutes
  }
  const drafts = [...canvas.links.values()]
  for (const link of [...drafts, ...canvas.floating]) {
    link.id = move(link.id)
    if (link.parentId !== undefined) link.parentId = moveReroute(link.parentId)
  }
  canvas.links = new Map(drafts.map((link) => [link.id, link]))
  for (const { inputs, outputs } of canvas.nodes) {
    for (const input of inputs) if (typeof input.link === 'number') input.link = move(input.link)
    for (const output of outputs) output.links = output.links.map(move)
  }
  for (const reroute of canvas.reroutes) {
    reroute.id = moveReroute(reroute.id)
    if (reroute.parentId !== undefined) reroute.parentId = moveReroute(reroute.parentId)
    reroute.linkIds = reroute.linkIds.map(move)
  }
}

function moveGroups({ groups }: Workflow, free: FreeIds): Record<string, unknown>[] {
  return list(groups).map((raw) => ({ ...record(raw), id: (free.group += 1) }))
}

/** Group nodes of older files go by name: a name that stands for something else already gets a number. */
function placeGroupNodes(
  { extra }: Workflow,
  taken: Map<string, unknown>,
): { byName: ReadonlyMap<string, unknown>; types: ReadonlyMap<string, string> } {
  const byName = new Map<string, unknown>()
  const types = new Map<string, string>()
  for (const [name, content] of Object.entries(record(extra?.['groupNodes']))) {
    let free = name
    for (let count = 2; taken.has(free) && !sameJson(taken.get(free), content); count += 1) free = `${name} (${count})`
    taken.set(free, content)
    byName.set(free, content)
    types.set(`workflow>${name}`, `workflow>${free}`)
  }
  return { byName, types }
}
