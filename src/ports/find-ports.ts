import { DiscomfortError } from '../errors.ts'
import type { Compiled } from '../prompt/compile.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { isPromptLink, type Prompt, type PromptNode } from '../prompt/prompt.ts'
import { titleOf } from '../prompt/title-of.ts'
import { inferType } from './infer-type.ts'
import {
  isValueSocket,
  portClass,
  portSource,
  type InputPort,
  type OutputPort,
  type PassthruPort,
  type PortTarget,
  type PromptPorts,
} from './port.ts'
import { inputType, isTemplate, outputType, typesAgree } from './socket-type.ts'

/**
 * The ports of a converted workflow. Muted and bypassed ones are gone by then, so the links alone tell the modes.
 * Ports wired to nothing are left out.
 *
 * @throws {@link DiscomfortError} `PORT_DUPLICATE` for two OUTPUT ports of one id; `PORT_TYPE_MISMATCH` where the inputs
 * that one id feeds do not agree; `WORKFLOW_CYCLE` for ports wired in a circle. With `onProblem` these are told instead,
 * and all ports but those in circles are given.
 */
export function findPorts(
  compiled: Pick<Compiled, 'prompt' | 'drawn'>,
  definitions: NodeDefinitions,
  workflow?: string,
  onProblem: OnPortProblem = raise,
): PromptPorts {
  const { prompt, drawn } = compiled
  const consumers = consumersOfPorts(prompt)
  const inputs: InputPort[] = []
  const outputs: OutputPort[] = []
  const passthrus: { readonly depth: number; readonly port: PassthruPort }[] = []
  for (const [node, portNode] of Object.entries(prompt)) {
    const { class_type, inputs: values } = portNode
    if (class_type !== portClass) continue
    const source = portSource(portNode)
    const depth = portsBehind(node, prompt, onProblem)
    if (depth === undefined) continue
    const fed = consumers.get(node) ?? []
    const targets = fed
      .flatMap((target) => throughPorts(target, prompt, consumers))
      .map((target) => describeTarget(target, prompt, drawn, definitions))
    const port = {
      node,
      title: titleOf(portNode),
      uniqueId: typeof values['unique_id'] === 'string' ? values['unique_id'] : '',
      tags: readTags(values['tags']),
    }
    if (source) {
      const { type, isList } = outputType(definitions, prompt, source)
      if (fed.length > 0) passthrus.push({ depth, port: { ...port, type, targets } })
      else outputs.push({ ...port, type, source, isList })
    } else if (fed.length > 0) {
      const agreed = agreedType(port.uniqueId, targets, onProblem)
      const type = agreed === '*' ? inferType(targets, prompt, definitions, 'allowed') : agreed
      inputs.push({ ...port, type, targets })
    }
  }
  checkOutputs(outputs, workflow, onProblem)
  checkInputs(inputs, onProblem)
  return { inputs, outputs, passthrus: passthrus.sort((one, other) => one.depth - other.depth).map(({ port }) => port) }
}

/** Hears what is wrong with the ports of a workflow. */
export type OnPortProblem = (problem: PortProblem) => void

/** What can be wrong with the ports of a workflow. */
export type PortProblem = DiscomfortError<'PORT_DUPLICATE' | 'PORT_TYPE_MISMATCH' | 'WORKFLOW_CYCLE'>

function raise(problem: PortProblem): never {
  throw problem
}

/** How many ports a value passes before it comes to this one. Ports in a circle have no beginning, so they are none. */
function portsBehind(port: string, prompt: Prompt, onProblem: OnPortProblem): number | undefined {
  const seen = [port]
  for (;;) {
    const source = portSource(prompt[seen.at(-1) as string] as PromptNode)?.[0]
    if (source === undefined || prompt[source]?.class_type !== portClass) return seen.length - 1
    if (seen.includes(source)) {
      onProblem(circle(seen.slice(seen.indexOf(source))))
      return undefined
    }
    seen.push(source)
  }
}

type Target = readonly [node: string, input: string]

function consumersOfPorts(prompt: Prompt): Map<string, Target[]> {
  const consumers = new Map<string, Target[]>()
  for (const [node, { inputs }] of Object.entries(prompt)) {
    for (const [input, value] of Object.entries(inputs)) {
      if (!isPromptLink(value) || prompt[value[0]]?.class_type !== portClass) continue
      const known = consumers.get(value[0])
      if (known) known.push([node, input])
      else consumers.set(value[0], [[node, input]])
    }
  }
  return consumers
}

/** A port behind a port passes through: its consumers are what the first one feeds. One that ends there is an OUTPUT port. */
function throughPorts(
  target: Target,
  prompt: Prompt,
  consumers: Map<string, Target[]>,
  seen = new Set<string>(),
): Target[] {
  const [node, input] = target
  if (prompt[node]?.class_type !== portClass || !isValueSocket(input)) return [target]
  if (seen.has(node)) return []
  seen.add(node)
  const next = consumers.get(node)
  return next ? next.flatMap((one) => throughPorts(one, prompt, consumers, seen)) : [target]
}

function describeTarget(
  [node, input]: Target,
  prompt: Prompt,
  drawn: Compiled['drawn'],
  definitions: NodeDefinitions,
): PortTarget {
  const classType = prompt[node]?.class_type ?? ''
  const held = drawn[node]
  const value = held && Object.hasOwn(held, input) ? { value: held[input] } : undefined
  if (classType === portClass) return { node, input: 'value', type: '*', drawn: undefined }
  return { node, input, type: inputType(definitions, classType, input), drawn: value }
}

function agreedType(uniqueId: string, targets: readonly PortTarget[], onProblem: OnPortProblem): string {
  const [first, ...rest] = targets.filter((target) => !isTemplate(target.type))
  if (!first) return '*'
  for (const other of rest) if (!typesAgree(first.type, other.type)) onProblem(mismatch(uniqueId, first, other))
  return first.type
}

function checkInputs(inputs: readonly InputPort[], onProblem: OnPortProblem): void {
  const first = new Map<string, InputPort>()
  for (const port of inputs) {
    const other = first.get(port.uniqueId)
    if (!other || isTemplate(other.type)) first.set(port.uniqueId, port)
    else if (!typesAgree(other.type, port.type))
      onProblem(mismatch(port.uniqueId, { ...other, input: 'value' }, { ...port, input: 'value' }))
  }
}

function checkOutputs(outputs: readonly OutputPort[], workflow: string | undefined, onProblem: OnPortProblem): void {
  const nodes = new Map<string, string[]>()
  for (const port of outputs) nodes.set(port.uniqueId, [...(nodes.get(port.uniqueId) ?? []), port.node])
  for (const [uniqueId, ids] of nodes) {
    if (ids.length < 2) continue
    const problem = new DiscomfortError(
      'PORT_DUPLICATE',
      `Two OUTPUT ports${workflow ? ` of ${workflow}` : ''} have the unique_id "${uniqueId}" (nodes ${ids.join(', ')}). Give each its own.`,
      { details: { uniqueId, nodes: ids, ...(workflow ? { workflow } : {}) } },
    )
    onProblem(problem)
  }
}

function mismatch(
  uniqueId: string,
  one: { type: string; node: string; input: string },
  other: { type: string; node: string; input: string },
): DiscomfortError<'PORT_TYPE_MISMATCH'> {
  return new DiscomfortError(
    'PORT_TYPE_MISMATCH',
    `The INPUT port "${uniqueId}" feeds inputs of different types: ${one.type} (node ${one.node}, ${one.input}) and ${other.type} (node ${other.node}, ${other.input}). Use a port of its own for each.`,
    { details: { uniqueId, expected: one.type, found: other.type, node: other.node } },
  )
}

function circle(nodes: string[]): DiscomfortError<'WORKFLOW_CYCLE'> {
  return new DiscomfortError(
    'WORKFLOW_CYCLE',
    `Discomfort ports are wired in a circle (nodes ${nodes.join(', ')}): no value comes in anywhere. Take one of the links away.`,
    { details: { nodes } },
  )
}

function readTags(value: unknown): string[] {
  return typeof value === 'string'
    ? value
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
    : []
}
