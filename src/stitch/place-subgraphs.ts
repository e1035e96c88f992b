import { portClass } from '../ports/port.ts'
import type { NodeId, SubgraphDefinition, Workflow } from '../workflow/document.ts'
import { channelTypes } from './keep-channels-apart.ts'
import { sameJson } from './same-json.ts'
import { draftSubgraph, type SubgraphDraft } from './subgraph-draft.ts'

/** The subgraphs of a drawing that grows. */
export interface SubgraphShelf {
  /** By the ids that they have there. */
  readonly drafts: Map<string, SubgraphDraft>
  /** Those that workflows to come may share, by the ids in their files. */
  readonly shareable: Map<string, { readonly saved: SubgraphDefinition; readonly draft: SubgraphDraft }>
}

/** Where the subgraphs of one workflow went. */
export interface PlacedSubgraphs {
  /** By the ids in the file. */
  readonly byType: ReadonlyMap<string, SubgraphDraft>
  /** Those that are this workflow's alone. */
  readonly own: readonly SubgraphDraft[]
  /** Those that an earlier workflow brought: the ids of nodes in this workflow's prompt → the ids there. */
  readonly shared: ReadonlyMap<SubgraphDraft, ReadonlyMap<string, NodeId>>
}

/**
 * Puts the subgraphs of a workflow to those of others. One of the same id and content is shared, unless there are ports
 * or channels in it, which mean something else in each workflow; one of the same id alone gets another.
 *
 * `saved` is the workflow as in the file, `unique` the same with the ids that the prompt has.
 */
export function placeSubgraphs(
  saved: Workflow,
  unique: Workflow,
  shelf: SubgraphShelf,
  freeId: (id: string) => string,
): PlacedSubgraphs {
  const definitions = new Map((saved.definitions?.subgraphs ?? []).map((one) => [one.id, one]))
  const open = new Map<string, boolean>()
  /** Whether a definition holds nothing that belongs to one workflow, at any depth. */
  const isShareable = (id: string): boolean => {
    const known = open.get(id)
    if (known !== undefined) return known
    open.set(id, false) // one that contains itself is not
    const nodes = definitions.get(id)?.nodes ?? []
    const free = nodes.every(
      ({ type }) =>
        type !== portClass &&
        !channelTypes.has(type) &&
        !/^workflow[>/]/.test(type) &&
        (!definitions.has(type) || isShareable(type)),
    )
    open.set(id, free)
    return free
  }
  const same = new Map<string, boolean>()
  const isSame = (id: string): boolean => {
    const known = same.get(id)
    if (known !== undefined) return known
    const definition = definitions.get(id) as SubgraphDefinition
    const before = shelf.shareable.get(id)
    const inner = (definition.nodes ?? []).filter(({ type }) => definitions.has(type))
    const found =
      before !== undefined &&
      isShareable(id) &&
      sameJson(before.saved, definition) &&
      inner.every(({ type }) => isSame(type))
    same.set(id, found)
    return found
  }
  const byType = new Map<string, SubgraphDraft>()
  const own: SubgraphDraft[] = []
  const shared = new Map<SubgraphDraft, ReadonlyMap<string, NodeId>>()
  for (const definition of unique.definitions?.subgraphs ?? []) {
    const { id } = definition
    if (byType.has(id)) continue
    const before = isSame(id) ? shelf.shareable.get(id)?.draft : undefined
    if (before) {
      const nodes = definition.nodes ?? []
      byType.set(id, before)
      shared.set(before, new Map(nodes.map((node, at) => [String(node.id), before.canvas.nodes[at]?.id ?? node.id])))
      continue
    }
    const draft = draftSubgraph(definition)
    draft.id = freeId(id)
    shelf.drafts.set(draft.id, draft)
    byType.set(id, draft)
    own.push(draft)
    if (isShareable(id) && !shelf.shareable.has(id))
      shelf.shareable.set(id, { saved: definitions.get(id) as SubgraphDefinition, draft })
  }
  return { byType, own, shared }
}
