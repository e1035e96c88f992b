import type { LinkObject, LinkTuple, NodeId, NodeInput, WorkflowNode } from '../workflow/document.ts'
import { isTuple } from '../workflow/links.ts'

/** A node that may be changed: a copy, down to its sockets. */
export interface NodeDraft {
  id: NodeId
  type: string
  inputs: InputDraft[]
  outputs: OutputDraft[]
  readonly [key: string]: unknown
}
export type InputDraft = { -readonly [Key in keyof NodeInput]: NodeInput[Key] }
type OutputDraft = { name: string; type: unknown; links: number[]; [key: string]: unknown }

/** A link in one form, whichever the file has. `parentId` is the native reroute that it ends behind. */
export interface LinkDraft {
  id: number
  origin_id: NodeId
  origin_slot: number
  target_id: NodeId
  target_slot: number
  type: string
  parentId?: number | undefined
}

/** A native reroute: a bend of links. */
interface RerouteDraft {
  id: number
  parentId?: number | undefined
  pos?: unknown
  linkIds: number[]
  floating?: unknown
}

/** One canvas, the main one or that of a subgraph, in the midst of being changed. */
export interface CanvasDraft {
  nodes: NodeDraft[]
  links: Map<number, LinkDraft>
  reroutes: RerouteDraft[]
  /** Links with one end, which hang on a native reroute. */
  floating: LinkDraft[]
}

interface Drawn {
  readonly nodes?: readonly WorkflowNode[] | undefined
  readonly links?: readonly (LinkTuple | LinkObject)[] | undefined
  readonly extra?: unknown
  readonly [key: string]: unknown
}

/** A copy of a canvas that may be changed; the drawing itself stays as it is. */
export function draftCanvas(drawn: Drawn): CanvasDraft {
  const { linkExtensions, reroutes } = record(drawn.extra)
  const parents = new Map(list(linkExtensions).map((one) => [record(one)['id'], record(one)['parentId']]))
  const links = new Map<number, LinkDraft>()
  for (const link of drawn.links ?? []) {
    if (!link) continue
    const draft = draftLink(link)
    const parent = draft.parentId ?? parents.get(draft.id)
    // The first of an id counts, as where it is converted.
    if (!links.has(draft.id)) links.set(draft.id, typeof parent === 'number' ? { ...draft, parentId: parent } : draft)
  }
  return {
    nodes: (drawn.nodes ?? []).map(draftNode),
    links,
    reroutes: list(drawn['reroutes'] ?? reroutes).map(draftReroute),
    floating: list(drawn['floatingLinks']).map((link) => draftLink(link as LinkObject)),
  }
}

/** Another copy, as it is now. */
export function copyCanvas({ nodes, links, reroutes, floating }: CanvasDraft): CanvasDraft {
  return {
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => ({ ...input })),
      outputs: node.outputs.map((output) => ({ ...output, links: [...output.links] })),
    })),
    links: new Map([...links].map(([id, link]) => [id, { ...link }])),
    reroutes: reroutes.map((reroute) => ({ ...reroute, linkIds: [...reroute.linkIds] })),
    floating: floating.map((link) => ({ ...link })),
  }
}

/** A link as the table of a workflow of version 0.4 writes it. */
export function linkTuple(link: LinkDraft): LinkTuple {
  return [link.id, link.origin_id, link.origin_slot, link.target_id, link.target_slot, link.type]
}

/** Takes a node off a canvas, with all links that touch it. */
export function removeNode(canvas: CanvasDraft, node: NodeDraft): void {
  canvas.nodes = canvas.nodes.filter((one) => one !== node)
  const gone = new Set<number>()
  for (const link of canvas.links.values()) {
    if (link.origin_id === node.id || link.target_id === node.id) gone.add(link.id)
  }
  canvas.floating = canvas.floating.filter((link) => link.origin_id !== node.id && link.target_id !== node.id)
  removeLinks(canvas, gone)
}

/** Takes links off a canvas and out of the sockets on it; reroutes that nothing passes any more go with them. */
export function removeLinks(canvas: CanvasDraft, gone: ReadonlySet<number>): void {
  if (gone.size === 0) return
  for (const id of gone) canvas.links.delete(id)
  for (const { inputs, outputs } of canvas.nodes) {
    for (const input of inputs) if (typeof input.link === 'number' && gone.has(input.link)) input.link = null
    for (const output of outputs) output.links = output.links.filter((id) => !gone.has(id))
  }
  const before = new Set(canvas.reroutes.filter(({ linkIds }) => linkIds.some((id) => gone.has(id))))
  for (const reroute of before) reroute.linkIds = reroute.linkIds.filter((id) => !gone.has(id))
  const empty = new Set([...before].filter(({ linkIds, floating }) => linkIds.length === 0 && !floating))
  canvas.reroutes = canvas.reroutes.filter((reroute) => !empty.has(reroute))
}

function draftNode(node: WorkflowNode): NodeDraft {
  return {
    ...node,
    inputs: (node.inputs ?? []).map((input) => ({ ...input })),
    outputs: (node.outputs ?? []).map((output) => ({ ...output, links: list(output.links).filter(isNumber) })),
  }
}

function draftLink(link: LinkTuple | LinkObject): LinkDraft {
  if (isTuple(link)) {
    const [id, origin_id, slot, target_id, end, type] = link
    return { id, origin_id, origin_slot: Number(slot), target_id, target_slot: Number(end), type: type ?? '*' }
  }
  const { origin_slot, target_slot, type, ...rest } = link
  return { ...rest, origin_slot: toNumber(origin_slot), target_slot: toNumber(target_slot), type: type ?? '*' }
}

/** Slots are text in some files. */
function toNumber(slot: unknown): number {
  return Number(slot)
}

function draftReroute(raw: unknown): RerouteDraft {
  const reroute = raw as RerouteDraft
  return { ...reroute, linkIds: list(reroute.linkIds).filter(isNumber) }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
