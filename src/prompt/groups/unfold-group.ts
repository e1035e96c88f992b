import type { LinkObject, NodeId, NodeInput, SubgraphDefinition, WorkflowNode } from '../../workflow/document.ts'
import { inputBorder, outputBorder } from '../../workflow/links.ts'
import type { ClassSpec } from '../definition-index.ts'
import type { Canvas } from '../passes/read-canvas.ts'
import { readWidgets as widgetsOf } from '../widgets/read-widgets.ts'
import { mergeInputs } from '../passes/merge-inputs.ts'
import { typeName } from '../type-name.ts'
import { layoutClass } from './group-layout.ts'
import { hostLinks } from './host-links.ts'
import { innerLinks } from './inner-links.ts'
import { memberValues } from './member-values.ts'
import type { Member, MemberSocket, Unfolding } from './unfolding.ts'
import { groupOf, type Group } from './read-groups.ts'

/**
 * Makes a subgraph of a group's node: its definition, and the node that stands for it in the group node's place, which
 * keeps the id. The nodes inside are new ones, as in the page, so each group node has a definition of its own.
 */
export function unfoldGroup(
  host: WorkflowNode,
  group: Group,
  canvas: Canvas,
  unfolding: Unfolding,
): { host: WorkflowNode; definition: SubgraphDefinition } {
  const { groups, layouts, index, nextId } = unfolding
  const layout = layouts(group)
  const members = group.members.map((drawn): Member => {
    const inner = groupOf(groups, drawn.type)
    const spec = inner ? layoutClass(inner, layouts(inner)) : index(drawn.type)
    return { id: nextId(), drawn, spec, sockets: socketsOf(drawn, spec) }
  })
  const outside = hostLinks(host, group, layout, members, canvas, unfolding)
  const inside = innerLinks(group, members, unfolding)
  const values = memberValues(group, layout, members, outside, inside, unfolding)

  const links: LinkObject[] = []
  const linkAt = new Map<string, number>()
  const link = (
    origin_id: NodeId,
    origin_slot: number,
    target_id: NodeId,
    target_slot: number,
    type: string,
  ): number => {
    const id = links.length + 1
    links.push({ id, origin_id, origin_slot, target_id, target_slot, type })
    return id
  }
  for (const { from, slot, to, socket, type } of inside) {
    const { id, sockets } = members[to] as Member
    const at = sockets.findIndex(({ name }) => name === socket)
    linkAt.set(`${to}:${socket}`, link((members[from] as Member).id, slot, id, at, type))
  }
  const inputs = outside.map(({ name, member, socket, type }, slot) => {
    const { id, sockets } = members[member] as Member
    const made = link(
      inputBorder,
      slot,
      id,
      sockets.findIndex((one) => one.name === socket),
      type,
    )
    linkAt.set(`${member}:${socket}`, made)
    return { name, type, linkIds: [made] }
  })
  const outputs = layout.outputs.map(({ member, slot, type }, at) => {
    const made = link((members[member] as Member).id, slot, outputBorder, at, type)
    return { name: `${at} ${type}`, type, linkIds: [made] }
  })
  const nodes = members.map(({ id, drawn, sockets }, at): WorkflowNode => ({
    ...drawn,
    id,
    inputs: sockets.map(({ name, type, widget }): NodeInput => ({
      name,
      type,
      link: linkAt.get(`${at}:${name}`) ?? null,
      ...(widget === undefined ? {} : { widget: { name: widget } }),
    })),
    widgets_values: values(at),
  }))
  const definition = { id: `group node ${host.id} of ${group.name}`, name: group.name, nodes, links, inputs, outputs }
  return {
    definition,
    host: {
      ...host,
      type: definition.id,
      inputs: outside.map(({ name, type, link: from }) => ({ name, type, link: from })),
      outputs: outputs.map(({ name, type }) => ({ name, type })),
      widgets_values: [],
      properties: {},
    },
  }
}

/** The sockets of a member. One that the server does not know has those that were saved; a reroute has one. */
function socketsOf(drawn: WorkflowNode, spec: ClassSpec | undefined): readonly MemberSocket[] {
  if (!spec && drawn.type === 'Reroute') {
    const [input] = drawn.inputs ?? []
    return [{ name: input?.name ?? '', type: typeName(input?.type), widget: undefined }]
  }
  return mergeInputs(drawn, spec, spec ? widgetsOf(spec, drawn) : [])
}
