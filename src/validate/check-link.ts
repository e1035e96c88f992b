import { portClass, portSource } from '../ports/port.ts'
import type { CheckContext, Remark } from './check-context.ts'
import { remark } from './check-context.ts'
import type { CheckedNode, CheckedNodes } from './checked-node.ts'
import type { DeclaredInput } from './declared-inputs.ts'
import { linkTypesMatch } from './link-types.ts'
import { sayNode, sayType, sayValue } from './say.ts'

/** Looks at a link: its form, the node that it names, that node's output, and whether the types fit. */
export function checkLink(
  node: CheckedNode,
  input: DeclaredInput,
  link: readonly unknown[],
  { nodes }: CheckContext,
): readonly Remark[] {
  const { name, type } = input
  const here = { input: name }
  if (link.length !== 2) {
    return [
      remark(
        'error',
        'LINK_MALFORMED',
        `The input ${name} of ${sayNode(node)} holds a list of ${link.length}, which the server reads as a link. Write lists as {"__value__": [...]}.`,
        here,
      ),
    ]
  }
  const [id, slot] = link
  const source = typeof id === 'string' ? nodes.get(id) : undefined
  if (!source) {
    return [
      remark(
        'error',
        'LINK_DANGLING',
        `The input ${name} of ${sayNode(node)} is linked to the node ${sayValue(id)}, which is not there. Link it to another, or take the link away.`,
        here,
      ),
    ]
  }
  if (!source.definition) return []
  const output = outputOf(source, slot, nodes)
  if (output === undefined) {
    const has = source.definition.output?.length ?? 0
    return [
      remark(
        'error',
        'LINK_DANGLING',
        `The input ${name} of ${sayNode(node)} is linked to output ${sayValue(slot)} of ${sayNode(source)}, which has ${has === 0 ? 'none' : `only ${has}, counted from 0`}. Link it to another.`,
        here,
      ),
    ]
  }
  if (linkTypesMatch(output.type, type)) {
    const isJudged = node.own.named.includes(name) || (node.own.judgesLinks && !isOneOf(output.type, type))
    return isJudged ? [decidedByNode(node, name)] : []
  }
  const what = `The input ${name} of ${sayNode(node)} takes ${sayType(type)} and is linked to ${sayType(output.type)} of ${sayNode(output.source)}.`
  return node.own.judgesLinks
    ? [remark('warning', 'DECIDED_BY_NODE', `${what} The node decides itself whether it takes that.`, here)]
    : [remark('error', 'TYPE_MISMATCH', `${what} Link it to an output of its type.`, here)]
}

/** Before the run there is no value yet, and not every check of a node can do without. */
function decidedByNode(node: CheckedNode, input: string): Remark {
  const message = `The input ${input} of ${sayNode(node)} is linked, and the node checks it itself: it decides whether it takes what it cannot see yet.`
  return remark('warning', 'DECIDED_BY_NODE', message, { input })
}

/** Types that fit only since one of them is wild may still displease a node. */
function isOneOf(received: unknown, wanted: unknown): boolean {
  return typeof wanted === 'string' && typeof received === 'string' && wanted.split(',').includes(received)
}

interface Output {
  readonly source: CheckedNode
  readonly type: unknown
}

/** The output that a link names, followed through ports, which are gone when the prompt runs. */
function outputOf(node: CheckedNode, slot: unknown, nodes: CheckedNodes): Output | undefined {
  let [source, at] = [node, slot]
  const seen = new Set<CheckedNode>()
  // A link whose slot is no number stays as it is, for the server to refuse.
  while (source.classType === portClass && typeof at === 'number' && !seen.has(source)) {
    seen.add(source)
    const link = portSource({ class_type: source.classType, inputs: Object.fromEntries(source.inputs) })
    const next = link && nodes.get(link[0])
    if (!next?.definition) break
    ;[source, at] = [next, link?.[1]]
  }
  const type = outputType(source, source.replaced ? source.replaced.slot(at) : at)
  return type === undefined ? undefined : { source, type }
}

/** Slots count from the end where they are below 0, as lists of the server do; truth values are 0 and 1. */
function outputType({ definition }: CheckedNode, slot: unknown): unknown {
  const outputs = definition?.output ?? []
  const at = typeof slot === 'boolean' || typeof slot === 'bigint' ? Number(slot) : slot
  if (typeof at !== 'number' || !Number.isInteger(at)) return undefined
  return outputs[at < 0 ? outputs.length + at : at]
}
