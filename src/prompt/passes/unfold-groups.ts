import { DiscomfortError } from '../../errors.ts'
import type { NodeId, SubgraphDefinition, Workflow, WorkflowNode } from '../../workflow/document.ts'
import { invalidWorkflow } from '../../workflow/invalid-workflow.ts'
import { withEnds } from '../../workflow/links.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import { frontendSince } from '../frontend-version.ts'
import { groupLayouts } from '../groups/group-layout.ts'
import { hasListedChoices } from '../groups/listed-choices.ts'
import { groupOf, readGroups, type Group } from '../groups/read-groups.ts'
import { unfoldGroup } from '../groups/unfold-group.ts'
import type { ConversionWarning } from '../warning.ts'
import { readCanvas } from './read-canvas.ts'

/** More nodes than this only come from damaged files. */
const maxNodes = 50_000

interface Drawn {
  readonly nodes: readonly WorkflowNode[]
  readonly links: NonNullable<Workflow['links']>
}

/** A canvas to look for group nodes on, and the groups that it lies in. */
interface Open {
  readonly drawn: Drawn
  readonly around: readonly string[]
  readonly take: (drawn: Drawn) => void
}

/**
 * Makes subgraphs of the group nodes of older ComfyUI (`workflow>NAME`, defined in `extra.groupNodes`), as the page does
 * when it opens such a file: first on the main canvas, where the nodes inside and then the group node itself get the
 * next free ids. The page leaves group nodes in subgraphs and in other groups as they are, which no server takes; they
 * become subgraphs too and keep their ids.
 */
export function unfoldGroups(
  workflow: Workflow,
  index: DefinitionIndex,
  frontend: string | undefined,
  warn: (warning: ConversionWarning) => void,
): Workflow {
  const groups = readGroups(workflow)
  if (groups.size === 0) return workflow
  const layouts = groupLayouts(groups, index)
  let last = highestId(workflow)
  let made = 0
  const nextId = (): number => {
    if ((made += 1) > maxNodes) throw invalidWorkflow(`The group nodes unfold to more than ${maxNodes} nodes.`)
    return (last += 1)
  }
  let main: Drawn = { nodes: workflow.nodes, links: workflow.links ?? [] }
  const subgraphs: SubgraphDefinition[] = [...(workflow.definitions?.subgraphs ?? [])]
  const open: Open[] = [{ drawn: main, around: [], take: (drawn) => void (main = drawn) }]
  const openDefinition = (at: number, around: readonly string[]): void => {
    const definition = subgraphs[at] as SubgraphDefinition
    const drawn = { nodes: definition.nodes ?? [], links: definition.links ?? [] }
    open.push({ drawn, around, take: (taken) => void (subgraphs[at] = { ...definition, ...taken }) })
  }
  for (const at of subgraphs.keys()) openDefinition(at, [])

  for (let next = open.shift(); next; next = open.shift()) {
    const { drawn, around, take } = next
    if (!drawn.nodes.some(({ type }) => groupOf(groups, type))) continue
    const isMain = drawn === main
    const canvas = readCanvas(drawn)
    const renamed = new Map<NodeId, NodeId>()
    const nodes = drawn.nodes.map((node): WorkflowNode => {
      const group = groupOf(groups, node.type)
      if (!group) return node
      if (around.includes(group.name)) throw containsItself(node, group)
      const notes: string[] = []
      const unfolded = unfoldGroup(node, group, canvas, {
        groups,
        layouts,
        index,
        nextId,
        warn: (note) => void notes.push(note),
      })
      subgraphs.push(unfolded.definition)
      openDefinition(subgraphs.length - 1, [...around, group.name])
      if (isMain) renamed.set(node.id, nextId())
      const host = isMain ? { ...unfolded.host, id: renamed.get(node.id) as NodeId, mode: 0 } : unfolded.host
      const isOff = node.mode === 2 || node.mode === 4
      if (isMain && isOff)
        notes.push(`It is ${node.mode === 2 ? 'muted' : 'bypassed'}, but the page takes no notice of that and runs it.`)
      if (!isMain)
        notes.push('The page leaves it as it is inside of another, which no server takes; here it is taken apart.')
      if (!frontendSince(frontend, 1, 58) && hasListedChoices(group, index))
        notes.push(
          'The page before version 1.58 mixes up its values and links; those of newer versions are taken here.',
        )
      for (const message of new Set(notes)) warn({ node: String(host.id), title: node.title || group.name, message })
      return host
    })
    take({
      nodes,
      links:
        renamed.size === 0 ? drawn.links : drawn.links.map((link) => withEnds(link, (id) => renamed.get(id) ?? id)),
    })
  }
  return { ...workflow, ...main, definitions: { ...workflow.definitions, subgraphs } }
}

function highestId(workflow: Workflow): number {
  const state = workflow['state'] as { lastNodeId?: unknown } | null | undefined
  const inner = (workflow.definitions?.subgraphs ?? []).flatMap(({ nodes }) => nodes ?? [])
  const ids = [
    state?.lastNodeId,
    workflow['last_node_id'],
    ...[...workflow.nodes, ...inner].map(({ id }) => Number(id)),
  ]
  return ids.reduce<number>((highest, id) => (Number.isSafeInteger(id) ? Math.max(highest, id as number) : highest), 0)
}

function containsItself({ id }: WorkflowNode, { name }: Group): DiscomfortError<'WORKFLOW_CYCLE'> {
  return new DiscomfortError(
    'WORKFLOW_CYCLE',
    `The group node ${id} contains itself: "${name}" is among its own nodes. Take the inner one out and save the workflow again.`,
    { details: { nodes: [String(id)] } },
  )
}
