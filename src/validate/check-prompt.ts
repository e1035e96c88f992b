import { isValueSocket, portClass } from '../ports/port.ts'
import { isPromptLink } from '../prompt/prompt.ts'
import { about, remark, type CheckContext, type Remark } from './check-context.ts'
import { checkInputs } from './check-inputs.ts'
import type { CheckedNode } from './checked-node.ts'
import type { Draft } from './finding.ts'
import { missingType, type MissingTypes } from './missing-types.ts'
import { sayNode, sayValue } from './say.ts'
import { walkGraph, type Walk } from './walk-graph.ts'

/** ComfyUI 0.30 on Python 3.11 walks that many nodes upstream before Python stops its recursion; found by trying. */
export const mostNodes = 978
/** Other releases and servers with more packs around a request have somewhat less room. */
const safeNodes = 900

/** Everything that the server would refuse, or take without a word, node by node. */
export function checkPrompt(context: CheckContext, missing: MissingTypes): readonly Draft[] {
  const { nodes } = context
  const walk = walkGraph(nodes)
  const drafts: Draft[] = [...checkWhole(context, walk)]
  const inCycle = new Map(walk.cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)))
  for (const node of nodes.values()) {
    const remarks: Remark[] = []
    if (!node.definition) remarks.push(missingType(node, missing, context.nearest(node.classType, context.classes)))
    if (node.replaced) remarks.push(...replacedClass(node))
    const cycle = inCycle.get(node.id)
    if (cycle) remarks.push(inACycle(node, cycle))
    if (walk.run.has(node.id)) {
      const found = checkInputs(node, context)
      const isChecked = walk.checked.has(node.id)
      for (const one of found) remarks.push(isChecked && !isGone(node, one) ? one : unchecked(one))
      remarks.push(...undeclaredLinks(node, context))
    } else if (walk.run.size > 0 && node.definition && !isIdle(node)) remarks.push(unreached(node))
    for (const one of remarks) drafts.push(about(node, one))
  }
  return drafts
}

function checkWhole({ nodes }: CheckContext, { run, depth }: Walk): readonly Draft[] {
  const whole = { node: '', title: '', classType: '' }
  if (run.size === 0) {
    const message =
      'The workflow has no output: nothing in it saves, shows or gives a value. Add an output node or a Discomfort port.'
    return [{ ...whole, severity: 'error', code: 'NO_OUTPUTS', message }]
  }
  const output = nodes.get(depth.output)
  if (!output || depth.nodes <= safeNodes) return []
  const what = `${sayNode(output)} ends a chain of ${depth.nodes} nodes`
  const isError = depth.nodes > mostNodes
  const message = isError
    ? `${what}; the server follows at most ${mostNodes}. Split the workflow.`
    : `${what}; some servers follow no more than ${safeNodes}, and long chains are slow. Split the workflow.`
  return [about(output, remark(isError ? 'error' : 'warning', 'TOO_DEEP', message))]
}

function replacedClass(node: CheckedNode): readonly Remark[] {
  const { replaced, classType, hasMeta } = node
  if (!replaced) return []
  const what = `The class "${classType}" of ${sayNode({ ...node, title: classType })} is retired`
  const lacking = replaced.lacking[0]
  if (lacking !== undefined) {
    const message = `${what}; to replace it the server needs its input ${lacking}, which is not there. Use "${replaced.classType}" instead.`
    return [remark('error', 'INPUT_MISSING', message, { input: lacking })]
  }
  // The server copies _meta without looking whether it is there.
  if (!hasMeta)
    return [
      remark(
        'error',
        'CLASS_REPLACED',
        `${what}, and the server fails to replace it without a _meta. Use "${replaced.classType}" instead.`,
      ),
    ]
  return [
    remark('warning', 'CLASS_REPLACED', `${what}; the server puts "${replaced.classType}" in its place. Use that.`),
  ]
}

function inACycle(node: CheckedNode, cycle: readonly string[]): Remark {
  const others = cycle.slice(0, 8).join(', ')
  const more = cycle.length > 8 ? ` and ${cycle.length - 8} more` : ''
  return remark(
    'error',
    'CYCLE',
    `${sayNode(node)} needs its own output (nodes ${others}${more}). Take one of the links between them away.`,
  )
}

/** What the server does not look at, since only an input that its class does not declare leads there. */
function unchecked(found: Remark): Remark {
  if (found.severity === 'warning') return found
  return { ...found, severity: 'warning', message: `${found.message} The server does not check it beforehand.` }
}

/** The server takes them, and its one worker dies of them. */
function undeclaredLinks(node: CheckedNode, { nodes }: CheckContext): readonly Remark[] {
  return [...node.inputs].flatMap(([input, value]) => {
    if ((node.definition && node.declared.has(input)) || !isPromptLink(value) || nodes.has(value[0])) return []
    const message = `The input ${input} of ${sayNode(node)}, which its class does not have, is linked to the node ${sayValue(value[0])}, which is not there. The server takes that and hangs. Take the link away.`
    return [remark('error', 'LINK_DANGLING', message, { input })]
  })
}

function unreached(node: CheckedNode): Remark {
  return remark(
    'warning',
    'NODE_UNREACHED',
    `${sayNode(node)} does not run: no output needs it. Link it to one, or take it out.`,
  )
}

/** Of a dissolved port only the link counts that it hands on. */
function isGone({ isDissolved }: CheckedNode, { input }: Remark): boolean {
  return isDissolved && (input === undefined || !isValueSocket(input))
}

/** A port wired to nothing is left out of a run. */
function isIdle({ classType }: CheckedNode): boolean {
  return classType === portClass
}
