import type { NodeId, SubgraphDefinition, Workflow, WorkflowNode } from '../workflow/document.ts'
import { draftCanvas, linkTuple, list, record, removeLinks, type CanvasDraft, type NodeDraft } from './canvas-draft.ts'
import { freeIds, subgraphId, type FreeIds } from './free-ids.ts'
import { keepHostValues } from './keep-host-values.ts'
import { draftSubgraph, renameInside, renumber, writeSubgraph, type SubgraphDraft } from './subgraph-draft.ts'
import type { Needed } from './what-is-needed.ts'

/** A drawing of the nodes that are needed and the links between them. Ids stay, but for those in copies of subgraphs. */
export function keepNodes(workflow: Workflow, needed: Needed): Workflow {
  const definitions = new Map((workflow.definitions?.subgraphs ?? []).map((one) => [one.id, one]))
  const free = takenIds(workflow, definitions)
  const made = new Map<string, { readonly pruned: SubgraphDraft; readonly ids: ReadonlyMap<string, NodeId> }>()
  const used = new Set<string>()

  /** What stays inside a node, as text: subgraphs of which the same stays are one. */
  const signature = (type: string, scope: string): string => {
    const nodes = (definitions.get(type)?.nodes ?? []).filter(({ id }) => needed.get(scope)?.has(String(id)))
    const inner = nodes.map((node) =>
      definitions.has(node.type) ? `${node.id}(${signature(node.type, `${scope}${node.id}:`)})` : String(node.id),
    )
    return `${type}[${inner.join(' ')}]`
  }
  const prune = (canvas: CanvasDraft, scope: string): void => {
    const kept = needed.get(scope) ?? new Set<string>()
    const gone = canvas.nodes.filter(({ id }) => !kept.has(String(id)))
    const ids = new Set(gone.map(({ id }) => id))
    canvas.nodes = canvas.nodes.filter(({ id }) => kept.has(String(id)))
    canvas.floating = []
    const cut = [...canvas.links.values()].filter((link) => ids.has(link.origin_id) || ids.has(link.target_id))
    removeLinks(canvas, new Set(cut.map(({ id }) => id)))
    for (const node of canvas.nodes) if (definitions.has(node.type)) pruneInside(node, `${scope}${node.id}:`)
  }
  const pruneInside = (host: NodeDraft, scope: string): void => {
    const saved = definitions.get(host.type) as SubgraphDefinition
    const key = signature(host.type, scope)
    const known = made.get(key) ?? pruneSubgraph(saved, scope)
    made.set(key, known)
    keepHostValues(host, saved, known.pruned)
    host.type = known.pruned.id
    renameInside(host, (id) => known.ids.get(id) ?? id)
  }
  const pruneSubgraph = (saved: SubgraphDefinition, scope: string) => {
    const pruned = draftSubgraph(saved)
    prune(pruned.canvas, scope)
    for (const border of [...pruned.inputs, ...pruned.outputs])
      border.linkIds = border.linkIds.filter((id) => pruned.canvas.links.has(id))
    if (!used.has(saved.id)) {
      used.add(saved.id)
      return { pruned, ids: new Map<string, NodeId>() }
    }
    const fresh = new Map<string, NodeId>(pruned.canvas.nodes.map(({ id }) => [String(id), (free.node += 1)]))
    renumber(
      pruned.canvas,
      (id) => fresh.get(String(id)) ?? id,
      () => undefined,
    )
    pruned.id = subgraphId(saved.id, free)
    return { pruned, ids: fresh }
  }

  const canvas = draftCanvas(workflow)
  prune(canvas, '')
  const subgraphs = [...made.values()].map(({ pruned }) => writeSubgraph(pruned))
  const { linkExtensions: _extensions, reroutes: _reroutes, ...extra } = workflow.extra ?? {}
  const links = [...canvas.links.values()]
  const bent = links.flatMap(({ id, parentId }) => (parentId === undefined ? [] : [{ id, parentId }]))
  const { floatingLinks: _floating, reroutes: _own, state: _state, ...rest } = workflow
  return {
    ...rest,
    last_node_id: free.node,
    nodes: canvas.nodes,
    links: links.map(linkTuple),
    groups: list(workflow.groups).filter((group) => canvas.nodes.some((node) => lies(node, group))),
    definitions: { ...workflow.definitions, subgraphs },
    extra: {
      ...extra,
      ...(bent.length > 0 ? { linkExtensions: bent } : {}),
      ...(canvas.reroutes.length > 0 ? { reroutes: canvas.reroutes } : {}),
    },
    version: 0.4,
  }
}

function takenIds(workflow: Workflow, definitions: ReadonlyMap<string, SubgraphDefinition>): FreeIds {
  const free = freeIds()
  const told = [workflow['last_node_id'], record(workflow['state'])['lastNodeId']]
  const all: readonly (readonly WorkflowNode[])[] = [workflow.nodes, ...[...definitions.values()].map(({ nodes }) => nodes ?? [])] // prettier-ignore
  for (const id of [...told, ...all.flat().map((node) => Number(node.id))])
    if (typeof id === 'number' && Number.isSafeInteger(id)) free.node = Math.max(free.node, id)
  for (const id of definitions.keys()) free.subgraphs.add(id)
  return free
}

/** Whether a node lies in a group: its corner does. */
function lies(node: NodeDraft, group: unknown): boolean {
  const [left = 0, top = 0, width = 0, height = 0] = Object.values(record(record(group)['bounding'])).map(Number)
  const [x = Number.NaN, y = Number.NaN] = Object.values(record(node['pos'])).map(Number)
  return x >= left && x <= left + width && y >= top && y <= top + height
}
