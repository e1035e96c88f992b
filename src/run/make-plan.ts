import { DiscomfortError } from '../errors.ts'
import type { AddressedInput, AddressedOutput } from '../ports/address.ts'
import { neededInputs } from '../ports/needed-inputs.ts'
import type { InputPort, PassthruPort } from '../ports/port.ts'
import type { NodeOrigin, Recipe } from '../context/recipe.ts'
import { isPromptLink, type PromptLink } from '../prompt/prompt.ts'
import { checkFits, constantFor, loaderClass, type BoundValue } from './bind-value.ts'
import type { NotedFiles } from '../schema/noted-files.ts'
import { captureRecipe } from './capture-recipe.ts'
import type { JoinedWorkflow } from './join-workflows.ts'
import { passBy, type PassBy, type PassByChoice } from './pass-by.ts'
import { createEdits, type PromptEdits } from './prompt-edits.ts'
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
  /** How outputs leave the run, where the types alone should not decide. */
  readonly passBy?: PassByChoice | undefined
  /** The outputs that the call asks for as a kind, which is data. */
  readonly asked?: ReadonlySet<string> | undefined
  /** The same by ComfyUI type, where the call says nothing. */
  readonly passByType?: Readonly<Record<string, PassBy>> | undefined
}

/** A plan, and what does not go to the server with it. */
export interface MadePlan {
  readonly plan: RunPlan
  /** The values behind the plan's `reads`. */
  readonly loads: readonly BoundValue[]
  /** The outputs that go by reference: nothing is executed for them. */
  readonly recipes: ReadonlyMap<string, Recipe>
  /** Where a node of the plan's prompt, or of its recipes, comes from. */
  readonly originOf: (node: string) => NodeOrigin
}

interface WantedOutput {
  readonly output: PlannedOutput
  readonly goes: PassBy
}

/**
 * Binds every INPUT port, dissolves PASSTHRU ports into links and puts a saver in the place of every OUTPUT port.
 * Outputs by reference become recipes instead. Pure: the same workflow and values give the same plan.
 *
 * @throws {@link DiscomfortError} `PORT_UNBOUND` with all ports that lack a value, `VALUE_TYPE`
 */
export function makePlan(loaded: JoinedWorkflow, request: PlanRequest): MadePlan {
  const { compiled, ports } = loaded
  const edits = createEdits()
  const unbound: InputPort[] = []
  for (const port of neededInputs(ports, (uniqueId) => request.replaced.has(uniqueId))) {
    const value = request.valueOf(port.uniqueId)
    if (value) bindPort(port, value, edits)
    else if (!bindDrawn(port, edits)) unbound.push(port)
  }
  if (unbound.length > 0) throw unboundPorts(unbound, loaded.name)
  for (const port of ports.passthrus) {
    const value = request.replaced.get(port.uniqueId)
    if (value) bindPort(port, value, edits)
  }
  for (const [address, { at, value }] of request.addressedInputs) bindAddress(address, at, value, edits)
  const wanted = [...saveOutputPorts(loaded, request, edits), ...saveAddresses(request, edits)]
  const bound = edits.apply(compiled.prompt)
  const references = wanted.flatMap(({ output, goes }) => {
    const link = bound[output.node]?.inputs['value']
    // A constant that went straight through is no node's.
    return goes === 'ref' && isPromptLink(link) ? [{ output, link }] : []
  })
  const loads = [...edits.loads]
  const given = boundRecipes(loaded, request)
  const originOf = originsOf(loaded, given)
  // What was noted first holds: a reference inside another one is as old as it was.
  const files: NotedFiles = Object.assign({}, ...given.map((recipe) => recipe.files))
  const recipes = references.map(
    ({ output, link }) => [output.key, captureRecipe({ prompt: bound, loads, originOf, files }, link, output)] as const,
  )
  const referred = new Set(references.map(({ output }) => output.node))
  const outputs = wanted.flatMap(({ output }) => (referred.has(output.node) ? [] : [output]))
  const prompt = Object.fromEntries(Object.entries(bound).filter(([id]) => !referred.has(id)))
  const plan: RunPlan = {
    v: 1,
    prompt,
    reads: loads.map(({ receipt }) => receipt),
    outputs,
    files,
    needsPack: Object.values(prompt).some(({ class_type }) => class_type === saverClass || class_type === loaderClass),
  }
  return { plan, loads, recipes: new Map(recipes), originOf }
}

/** The references that a run takes in. */
function boundRecipes(loaded: JoinedWorkflow, request: PlanRequest): readonly Recipe[] {
  const values = [
    ...loaded.ports.inputs.map(({ uniqueId }) => request.valueOf(uniqueId)),
    ...request.replaced.values(),
    ...[...request.addressedInputs.values()].map(({ value }) => value),
  ]
  return values.flatMap((value) => value?.recipe ?? [])
}

/** A node of a recipe says itself where it comes from, all others are of the workflow. */
function originsOf(loaded: JoinedWorkflow, recipes: readonly Recipe[]): (node: string) => NodeOrigin {
  const origins = new Map(recipes.flatMap((recipe) => Object.entries(recipe.origins)))
  return (node) => origins.get(node) ?? loaded.originOf(node)
}

function bindPort(port: InputPort | PassthruPort, value: BoundValue, edits: PromptEdits): void {
  checkFits(port.uniqueId, value, port.type)
  for (const target of port.targets) {
    const constant = constantFor(value, target.type)
    edits.setInput(target.node, target.input, constant ? constant.value : edits.bringIn(port.node, value, port.title))
  }
}

/** Without a value, each widget that the port feeds keeps what it holds itself. */
function bindDrawn(port: InputPort, edits: PromptEdits): boolean {
  if (!port.targets.every((target) => target.drawn)) return false
  for (const target of port.targets) edits.setInput(target.node, target.input, wrapList(target.drawn?.value))
  return true
}

function bindAddress(address: string, at: AddressedInput, value: BoundValue, edits: PromptEdits): void {
  checkFits(address, value, at.type)
  const constant = constantFor(value, at.type)
  const link = () => edits.bringIn(`discomfort:${address}`, value, address)
  const given = constant ? constant.value : link()
  for (const { node, input } of at.targets) edits.setInput(node, input, given)
}

/** A bare array in a prompt reads as a link. */
function wrapList(value: unknown): unknown {
  return Array.isArray(value) ? { __value__: value } : value
}

/** An OUTPUT port that is fed by other ports alone has the type of the value that goes through. */
function saveOutputPorts(loaded: JoinedWorkflow, request: PlanRequest, edits: PromptEdits): WantedOutput[] {
  const { inputs, outputs, passthrus } = loaded.ports
  const through = new Map<string, string | undefined>()
  const pass = (port: InputPort | PassthruPort, value: BoundValue | undefined) => {
    for (const { node } of value ? port.targets : []) through.set(node, value?.receipt.type)
  }
  for (const port of inputs) pass(port, request.valueOf(port.uniqueId))
  for (const port of passthrus) pass(port, request.replaced.get(port.uniqueId))
  return outputs.map(({ uniqueId: key, node, title, source, type: drawnType, isList }) => {
    const type = drawnType === '*' ? (through.get(node) ?? '*') : drawnType
    return save({ key, node, type, isList }, source, title, request, edits)
  })
}

function saveAddresses(request: PlanRequest, edits: PromptEdits): WantedOutput[] {
  return [...request.addressedOutputs].map(([key, { link, type, isList }]) =>
    save({ key, node: `discomfort:out:${key}`, type, isList }, link, key, request, edits),
  )
}

function save(
  output: PlannedOutput,
  source: PromptLink,
  title: string,
  { passBy: choice, passByType: byType, asked }: PlanRequest,
  edits: PromptEdits,
): WantedOutput {
  const { key, node, type, isList } = output
  const goes = passBy(key, type, { choice, byType, isAsked: asked?.has(key) })
  const resident = goes === 'resident' ? ({ resident: true } as const) : {}
  const list = isList ? { is_list: true } : {}
  const inputs = { value: source, unique_id: key, type, run: '', ...list, ...resident }
  edits.addSaver(node, { class_type: saverClass, inputs, _meta: { title } })
  return { output: { ...output, ...resident }, goes }
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
