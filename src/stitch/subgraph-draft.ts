import type { NodeId, SubgraphDefinition } from '../workflow/document.ts'
import { draftCanvas, type CanvasDraft, type NodeDraft } from './canvas-draft.ts'

/** A socket on the border of a subgraph. */
export interface BorderDraft {
  id?: string
  name: string
  type: unknown
  linkIds: number[]
  readonly [key: string]: unknown
}

/** The definition of a subgraph in the midst of being changed. */
export interface SubgraphDraft {
  id: string
  readonly raw: SubgraphDefinition
  readonly canvas: CanvasDraft
  readonly inputs: BorderDraft[]
  readonly outputs: BorderDraft[]
  /** The id that a node had in the prompt of its own workflow → its id now. */
  ids: ReadonlyMap<string, NodeId>
}

export function draftSubgraph(raw: SubgraphDefinition): SubgraphDraft {
  const canvas = draftCanvas(raw)
  return {
    id: raw.id,
    raw,
    canvas,
    inputs: (raw.inputs ?? []).map(draftBorder),
    outputs: (raw.outputs ?? []).map(draftBorder),
    ids: new Map(canvas.nodes.map(({ id }) => [String(id), id])),
  }
}

/** The definition as it is saved: links are objects there. */
export function writeSubgraph({ id, raw, canvas, inputs, outputs }: SubgraphDraft): SubgraphDefinition {
  const { nodes, links, reroutes, floating } = canvas
  return {
    ...raw,
    id,
    nodes,
    links: [...links.values()],
    inputs,
    outputs,
    ...(reroutes.length > 0 || raw['reroutes'] ? { reroutes } : {}),
    ...(floating.length > 0 || raw['floatingLinks'] ? { floatingLinks: floating } : {}),
  }
}

/** Gives nodes new ids, in links and in what subgraphs' nodes say of nodes inside (`inside`: type → ids there). */
export function renumber(
  canvas: CanvasDraft,
  newId: (id: NodeId) => NodeId,
  inside: (type: string) => ((id: string) => NodeId) | undefined,
): void {
  for (const node of canvas.nodes) {
    renameInside(node, inside(node.type))
    node.id = newId(node.id)
  }
  for (const link of [...canvas.links.values(), ...canvas.floating]) {
    link.origin_id = newId(link.origin_id)
    link.target_id = newId(link.target_id)
  }
}

/** A subgraph's node may name widgets inside by the ids of their nodes. */
export function renameInside(node: NodeDraft, newId: ((id: string) => NodeId) | undefined): void {
  const properties = node['properties'] as Readonly<Record<string, unknown>> | undefined
  const entries = properties?.['proxyWidgets']
  if (!newId || !Array.isArray(entries)) return
  const proxyWidgets = (entries as unknown[]).map((entry) =>
    Array.isArray(entry) && String(entry[0]) !== '-1'
      ? [String(newId(String(entry[0]))), ...(entry.slice(1) as unknown[])]
      : entry,
  )
  Object.assign(node, { properties: { ...properties, proxyWidgets } })
}

function draftBorder(raw: unknown): BorderDraft {
  const border = raw as Partial<BorderDraft>
  return { ...border, name: border.name ?? '', type: border.type ?? '*', linkIds: [...(border.linkIds ?? [])] }
}

export function copyBorder(border: BorderDraft): BorderDraft {
  return { ...border, linkIds: [...border.linkIds] }
}
