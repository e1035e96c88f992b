import type { Workflow } from '../workflow/document.ts'
import { linkTuple, list, type NodeDraft } from './canvas-draft.ts'
import { layOut } from './lay-out.ts'
import type { Drawing } from './part-draft.ts'
import type { Part } from './plan-joints.ts'
import { writeSubgraph } from './subgraph-draft.ts'

/** What extras of a file say of its own nodes and links; in a drawing of several it would speak of others. */
const ofOneFile: ReadonlySet<string> = new Set([
  'reroutes',
  'linkExtensions',
  'groupNodes',
  'ue_links',
  'links_added_by_ue',
  'linearData',
  'linearMode',
  'favoritedWidgets',
  'prompt',
])

/** Writes the parts as one workflow of version 0.4, side by side. */
export function writeDrawing(parts: readonly Part[], { free, shelf }: Drawing): Workflow {
  const drafts = parts.map(({ draft }) => draft)
  const labels = layOut(drafts, () => (free.group += 1))
  const nodes = drafts.flatMap(({ canvas }) => canvas.nodes)
  const links = drafts.flatMap(({ canvas }) => [...canvas.links.values()])
  noteLinks(nodes, links)
  const bent = links.flatMap(({ id, parentId }) => (parentId === undefined ? [] : [{ id, parentId }]))
  const reroutes = drafts.flatMap(({ canvas }) => canvas.reroutes)
  const floatingLinks = drafts.flatMap(({ canvas }) => canvas.floating)
  const subgraphs = [...shelf.drafts.values()].map(writeSubgraph)
  const models = drafts.flatMap(({ workflow }) => list(workflow['models']))
  const groupNodes = Object.fromEntries(drafts.flatMap((draft) => [...draft.groupNodes]))
  return {
    revision: 0,
    last_node_id: free.node,
    last_link_id: free.link,
    nodes,
    links: links.map(linkTuple),
    groups: [...drafts.flatMap(({ groups }) => groups), ...labels],
    ...(subgraphs.length > 0 ? { definitions: { subgraphs } } : {}),
    config: drafts[0]?.workflow['config'] ?? {},
    extra: {
      ...extrasOf(parts),
      ...(Object.keys(groupNodes).length > 0 ? { groupNodes } : {}),
      ...(bent.length > 0 ? { linkExtensions: bent } : {}),
      ...(reroutes.length > 0 ? { reroutes } : {}),
    },
    ...(floatingLinks.length > 0 ? { floatingLinks } : {}),
    ...(models.length > 0 ? { models } : {}),
    version: 0.4,
  }
}

/** The sockets that links start at list them; links were drawn and taken away since they were read. */
function noteLinks(
  nodes: readonly NodeDraft[],
  links: readonly { readonly id: number; readonly origin_id: unknown; readonly origin_slot: number }[],
): void {
  const starts = new Map<string, number[]>()
  for (const { id, origin_id, origin_slot } of links) {
    const known = starts.get(`${origin_id} ${origin_slot}`)
    if (known) known.push(id)
    else starts.set(`${origin_id} ${origin_slot}`, [id])
  }
  for (const { id, outputs } of nodes) {
    for (const [slot, output] of outputs.entries()) output.links = starts.get(`${id} ${slot}`) ?? []
  }
}

/** Settings of the view and notes of versions: of each the first that there is. */
function extrasOf(parts: readonly Part[]): Record<string, unknown> {
  const extras = new Map<string, unknown>()
  for (const { draft } of parts) {
    for (const [key, value] of Object.entries(draft.workflow.extra ?? {})) {
      if (!ofOneFile.has(key) && !extras.has(key)) extras.set(key, value)
    }
  }
  return Object.fromEntries(extras)
}
