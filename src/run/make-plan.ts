import { DiscomfortError } from '../errors.ts'
import { portClass, portSource, type InputPort } from '../ports/port.ts'
import type { AddressedInput, AddressedOutput } from '../ports/address.ts'
import { isPromptLink, type Prompt, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import { checkFits, constantFor, loaderNode, type BoundValue } from './bind-value.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'
import type { PlannedOutput, RunPlan } from './run-plan.ts'

/** The class of the node that takes a value out of a run. */
export const saverClass = 'DiscomfortContextSaver'

/** Everything that decides a plan beside the workflow itself. */
export interface PlanRequest {
  /** The value of a key, from the context. */
  readonly valueOf: (key: string) => BoundValue | undefined
  /** Values given by address. */
  readonly addressedInputs: ReadonlyMap<string, { readonly at: AddressedInput; readonly value: BoundValue }>
  /** Outputs asked for by address. */
  readonly addressedOutputs: ReadonlyMap<string, AddressedOutput>
  /** PASSTHRU ports by unique_id that were given a value, which replaces what comes in. */
  readonly replaced: ReadonlyMap<string, BoundValue>
}

/**
 * Binds every INPUT port, dissolves PASSTHRU ports into links and puts a saver in the place of every OUTPUT port.
 * Pure: the same workflow and values give the same plan. `loads` are the values behind the plan's `reads`.
 *
 * @throws {@link DiscomfortError} `PORT_UNBOUND` with all ports that lack a value, `VALUE_TYPE`
 */
export function makePlan(loaded: LoadedWorkflow, request: PlanRequest): { plan: RunPlan; loads: BoundValue[] } {
  const { compiled, ports } = loaded
  const edits = createEdits()
  const unbound: InputPort[] = []
  for (const port of ports.inputs) {
    const value = request.valueOf(port.uniqueId)
    if (value) bindPort(port, value, edits)
    else if (!bindDrawn(port, edits)) unbound.push(port)
  }
  if (unbound.length > 0) throw unboundPorts(unbound, loaded.name)
  for (const port of ports.passthrus) {
    const value = request.replaced.get(port.uniqueId)
    if (value) edits.replace(port.node, value, port.title)
  }
  for (const [address, { at, value }] of request.addressedInputs) bindAddress(address, at, value, edits)
  const outputs = savers(loaded, request.addressedOutputs)
  const prompt = applyEdits(compiled.prompt, edits, outputs)
  const loads = [...edits.loads]
  const plan: RunPlan = {
    v: 1,
    prompt,
    reads: loads.map(({ receipt }) => receipt),
    outputs: outputs.map(({ saver: _saver, ...planned }) => planned),
    needsPack: outputs.length > 0 || loads.length > 0,
  }
  return { plan, loads }
}

interface Edits {
  /** New values of inputs: node → input → constant or link. */
  readonly inputs: Map<string, Map<string, unknown>>
  /** Nodes that are new or take a port's place. */
  readonly nodes: Map<string, PromptNode>
  /** The values that loaders bring in. */
  readonly loads: Set<BoundValue>
  set(node: string, input: string, value: unknown): void
  replace(node: string, value: BoundValue, title: string): void
}

function createEdits(): Edits {
  const inputs = new Map<string, Map<string, unknown>>()
  const nodes = new Map<string, PromptNode>()
  const loads = new Set<BoundValue>()
  return {
    inputs,
    nodes,
    loads,
    set(node, input, value) {
      const known = inputs.get(node)
      if (known) known.set(input, value)
      else inputs.set(node, new Map([[input, value]]))
    },
    replace(node, value, title) {
      nodes.set(node, loaderNode(value, title))
      loads.add(value)
    },
  }
}

function bindPort(port: InputPort, value: BoundValue, edits: Edits): void {
  checkFits(port.uniqueId, value, port.type)
  for (const target of port.targets) {
    const constant = constantFor(value, target.type)
    if (constant) {
      edits.set(target.node, target.input, constant.value)
      continue
    }
    if (!edits.nodes.has(port.node)) edits.replace(port.node, value, port.title)
    edits.set(target.node, target.input, [port.node, 0] satisfies PromptLink)
  }
}

/** Without a value, each widget that the port feeds keeps what it holds itself. */
function bindDrawn(port: InputPort, edits: Edits): boolean {
  if (!port.targets.every((target) => target.drawn)) return false
  for (const target of port.targets) edits.set(target.node, target.input, wrapList(target.drawn?.value))
  return true
}

function bindAddress(address: string, at: AddressedInput, value: BoundValue, edits: Edits): void {
  checkFits(address, value, at.type)
  const constant = constantFor(value, at.type)
  if (constant) return edits.set(at.node, at.input, constant.value)
  const node = `discomfort:${address}`
  edits.replace(node, value, address)
  edits.set(at.node, at.input, [node, 0] satisfies PromptLink)
}

/** A bare array in a prompt reads as a link. */
function wrapList(value: unknown): unknown {
  return Array.isArray(value) ? { __value__: value } : value
}

type PlannedSaver = PlannedOutput & { readonly saver: PromptNode }

function savers(loaded: LoadedWorkflow, addressed: PlanRequest['addressedOutputs']): PlannedSaver[] {
  const ports = loaded.ports.outputs.map((port) =>
    plannedSaver(port.uniqueId, port.node, port.title, port.source, port.type, port.isList),
  )
  const taps = [...addressed].map(([address, { link, type, isList }]) =>
    plannedSaver(address, `discomfort:out:${address}`, address, link, type, isList),
  )
  return [...ports, ...taps]
}

function plannedSaver(
  key: string,
  node: string,
  title: string,
  source: PromptLink,
  type: string,
  isList: boolean,
): PlannedSaver {
  const saver = { class_type: saverClass, inputs: { value: source, unique_id: key, type, run: '' }, _meta: { title } }
  return { key, node, type, isList, saver }
}

/** One pass over the prompt: new values go in, links through ports become links to what is behind them, ports go out. */
function applyEdits(prompt: Prompt, edits: Edits, outputs: readonly PlannedSaver[]): Prompt {
  const done: Record<string, PromptNode> = Object.create(null) as Record<string, PromptNode>
  const saverOf = new Map(outputs.map(({ node, saver }) => [node, saver]))
  const source = (link: PromptLink): PromptLink => {
    if (edits.nodes.has(link[0])) return link
    const node = prompt[link[0]]
    const behind = node?.class_type === portClass ? portSource(node) : undefined
    return behind ? source(behind) : link
  }
  for (const [id, original] of Object.entries(prompt)) {
    const node = saverOf.get(id) ?? original
    const isPort = node.class_type === portClass
    if (isPort) continue
    done[id] = withInputs(node, edits.inputs.get(id), source)
    saverOf.delete(id)
  }
  for (const [id, node] of edits.nodes) done[id] = node
  for (const [id, saver] of saverOf) done[id] = withInputs(saver, edits.inputs.get(id), source)
  return done
}

function withInputs(
  node: PromptNode,
  edited: Map<string, unknown> | undefined,
  source: (link: PromptLink) => PromptLink,
): PromptNode {
  const inputs: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(node.inputs)) inputs[name] = isPromptLink(value) ? source(value) : value
  for (const [name, value] of edited ?? []) inputs[name] = value
  return { ...node, inputs }
}

/** The error that names every port without a value. */
export function unboundPorts(ports: readonly InputPort[], workflow: string): DiscomfortError<'PORT_UNBOUND'> {
  const names = ports.map((port) => `"${port.uniqueId}" (${port.type}, "${port.title}", node ${port.node})`)
  const one = names.length === 1
  return new DiscomfortError(
    'PORT_UNBOUND',
    `${one ? 'The INPUT port' : 'The INPUT ports'} ${names.join(', ')} of ${workflow} ${one ? 'has' : 'have'} no value. Pass ${one ? 'it' : 'them'} with inputs, or save ${one ? 'it' : 'them'} into the context first.`,
    { details: { ports: ports.map(({ uniqueId, node, title, type }) => ({ uniqueId, node, title, type })), workflow } },
  )
}
