import type { WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import { nodeRole } from '../node-role.ts'
import { typeName } from '../type-name.ts'
import { readInputSpec, type InputSpec } from '../widgets/input-spec.ts'
import type { Group, GroupLink } from './read-groups.ts'

/** What a group needs to know of one of its members. */
export interface MemberClass {
  readonly inputs: readonly InputSpec[]
  readonly outputs: readonly string[]
}

/**
 * The sockets and widgets of a member. Primitives and reroutes take their type from their links; a reroute between two
 * members and a primitive that feeds none have nothing to show on the group's node.
 */
export function memberClass(
  group: Group,
  member: WorkflowNode,
  index: DefinitionIndex,
  nested: (type: string) => MemberClass | undefined,
): MemberClass | undefined {
  const inner = nested(member.type)
  if (inner) return inner
  const spec = index(member.type)
  if (spec) return { inputs: inputsOf(spec), outputs: (spec.definition.output ?? []).map(typeName) }
  const at = Number(member.id)
  const out = group.linksFrom.get(at) ?? []
  if (member.type === 'PrimitiveNode') return primitiveClass(group, member, out[0], index)
  if (member.type === 'Reroute') return rerouteClass(group, at, out)
  if (nodeRole(member.type, false) !== 'missing') return undefined
  return {
    inputs: (member.inputs ?? []).map(({ name, type }) => socket(name, typeName(type))),
    outputs: (member.outputs ?? []).map(({ type }) => typeName(type)),
  }
}

/** Widgets without a place among the saved values, and buttons, are not part of a group. */
function inputsOf(spec: ClassSpec): readonly InputSpec[] {
  return spec.inputs.filter((input) => input.saved !== false && input.socket !== false)
}

function primitiveClass(
  group: Group,
  member: WorkflowNode,
  link: GroupLink | undefined,
  index: DefinitionIndex,
): MemberClass | undefined {
  if (!link) return undefined
  const target = group.members[link.to]
  const named = member.outputs?.[0]?.['widget'] as { name?: unknown } | undefined
  const fed = target && index(target.type)?.inputs.find(({ name }) => name === named?.name)
  const type = link.type ?? fed?.type ?? '*'
  const value = readInputSpec('value', [type, {}])
  return { inputs: [fed?.choices && type === 'COMBO' ? { ...value, choices: fed.choices } : value], outputs: [type] }
}

function rerouteClass(group: Group, at: number, out: readonly GroupLink[]): MemberClass | undefined {
  const into = group.linkInto.get(`${at}:0`)
  const outside = group.external.get(`${at}:0`)
  if (into && out.length > 0 && outside === undefined) return undefined
  const types = [
    ...out.map(({ to, at: slot }) => group.members[to]?.inputs?.[slot]?.type),
    into && group.members[into.from]?.outputs?.[into.slot]?.type,
    outside,
  ]
  const type = typeName(types.find((one) => one !== undefined && one !== '*') ?? '*')
  return { inputs: [socket(type, type)], outputs: [type] }
}

function socket(name: string, type: string): InputSpec {
  return { name, type, kind: 'socket', options: {}, choices: undefined }
}
