import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import type { CompileOptions } from '../prompt/compile-options.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { orAborted } from '../server/or-aborted.ts'
import { blockedValue } from './bind-value.ts'
import { checkCount } from './check-count.ts'
import { checkBound, findAddressedOutputs } from './check-run.ts'
import { alone, joinWorkflows, type JoinedWorkflow } from './join-workflows.ts'
import { keepValues } from './keep-values.ts'
import type { LoadedWorkflow, WorkflowLoader, WorkflowSource } from './loaded-workflow.ts'
import type { PlanRequest } from './make-plan.ts'
import { placeOf, resolveInputs, type ResolvedInputs } from './resolve-inputs.ts'
import type { RunHost } from './run-host.ts'
import type { RunOptions } from './run-options.ts'
import { runPrompt, warn, type Running } from './run-prompt.ts'

/** Where nothing says after how many rounds `until` must have come true. */
const mostRounds = 10_000

/**
 * Runs workflows one after another, or joined into one prompt, as many rounds as are asked for: read, bind, check all,
 * then run each; gives the outputs of the last round.
 */
export async function runWorkflows(
  host: RunHost,
  sources: readonly WorkflowSource[],
  running: Running,
): Promise<Record<string, unknown>> {
  const { options, store, bindings, events } = running
  const asked = Promise.all([host.loader(), host.connector.nodeDefinitions()])
  const [loader, definitions] = await orAborted(asked, running.signal)
  const rounds = roundsOf(options)
  let inputs: ResolvedInputs | undefined
  for (let round = 0; ; round += 1) {
    events.round(round)
    const workflows = await load(host, sources, loader, running)
    if (!inputs) {
      inputs = await resolveInputs(options.inputs ?? {}, workflows, definitions, {
        store,
        useRam: options.useRam ?? true,
      })
      checkBound(workflows, (key) => bindings.get(key) !== undefined, inputs)
    }
    const results = await runRound(host, { workflows, definitions, inputs, isFirst: round === 0 }, running)
    const outputs = await keepValues(results, options, { store, owned: running.owned })
    const isDone = (await options.until?.(outputs, round)) === true
    if (isDone || round + 1 === rounds) return outputs
    if (round + 1 === mostRounds) throw endless()
  }
}

interface Round {
  readonly workflows: readonly LoadedWorkflow[]
  readonly definitions: NodeDefinitions
  readonly inputs: ResolvedInputs
  readonly isFirst: boolean
}

async function runRound(
  host: RunHost,
  { workflows, definitions, inputs, isFirst }: Round,
  running: Running,
): Promise<ReadonlyMap<string, StoredValue>> {
  const { options, bindings } = running
  const taps = findAddressedOutputs(Object.keys(options.outputs ?? {}), workflows, definitions)
  const prompts = options.stitch ? [joinWorkflows(workflows, definitions)] : workflows.map(alone)
  if (isFirst) bindings.commit(inputs.ports)
  // A name without a kind (of the command line) asks for the output as it comes.
  const asked = new Set(Object.entries(options.outputs ?? {}).flatMap(([key, kind]) => (kind ? [key] : [])))
  const results = new Map<string, StoredValue>()
  const blocked = new Set<string>()
  for (const [index, joined] of prompts.entries()) {
    const request: PlanRequest = {
      valueOf: (key) => (blocked.has(key) ? blockedValue : bindings.get(key)),
      addressedInputs: addressedInputs(joined, inputs, definitions),
      addressedOutputs: addressedOutputs(joined, taps),
      replaced: inputs.ports,
      passBy: options.passBy,
      passByType: host.passByType,
      asked,
    }
    const values = await runPrompt(host, { joined, index, definitions, request }, running)
    for (const [key, value] of values) results.set(key, value)
    for (const { uniqueId } of joined.ports.outputs) {
      if (values.has(uniqueId)) blocked.delete(uniqueId)
      else blocked.add(uniqueId)
    }
  }
  return results
}

async function load(
  host: RunHost,
  sources: readonly WorkflowSource[],
  loader: WorkflowLoader,
  running: Running,
): Promise<readonly LoadedWorkflow[]> {
  const { options, record } = running
  const { seeds, dynamicPrompts, missingNodes, random } = options
  const conversion: CompileOptions = { seeds, dynamicPrompts, missingNodes, random }
  const workflows: LoadedWorkflow[] = []
  for (const source of sources)
    workflows.push(await loader.load(source, { ...conversion, queued: host.queued(source) }))
  for (const [index, { compiled, name }] of workflows.entries()) {
    for (const { title, message } of compiled.warnings) warn(`"${title}": ${message}`, index, running)
    record.seeds.push(...compiled.seeds.map((seed) => ({ workflow: name, ...seed })))
  }
  return workflows
}

function addressedInputs(
  joined: JoinedWorkflow,
  { addresses }: ResolvedInputs,
  definitions: NodeDefinitions,
): PlanRequest['addressedInputs'] {
  return new Map(
    joined.parts.flatMap((part, index) =>
      [...addresses].flatMap(([address, value]) => {
        const at = placeOf(address, part, definitions)
        if (!at) return []
        const key = joined.parts.length === 1 ? address : `${index + 1}/${address}`
        const targets = at.targets.map(({ node, input }) => ({ node: joined.idOf(part, node), input }))
        return [[key, { at: { ...at, targets }, value }] as const]
      }),
    ),
  )
}

function addressedOutputs(
  joined: JoinedWorkflow,
  taps: ReturnType<typeof findAddressedOutputs>,
): PlanRequest['addressedOutputs'] {
  return new Map(
    joined.parts.flatMap((part) =>
      [...(taps.get(part) ?? [])].map(([address, output]) => {
        const [node, slot] = output.link
        return [address, { ...output, link: [joined.idOf(part, node), slot] as const }] as const
      }),
    ),
  )
}

/** @throws {@link DiscomfortError} `CONFIG_INVALID` */
function roundsOf({ iterations, until }: RunOptions): number {
  if (iterations === undefined) return until ? Infinity : 1
  checkCount('run', 'iterations', iterations)
  return iterations
}

function endless(): DiscomfortError<'ITERATIONS_EXCEEDED'> {
  return new DiscomfortError(
    'ITERATIONS_EXCEEDED',
    `The condition of until did not come true in ${mostRounds} rounds. Pass iterations to say how many there may be.`,
    { details: { iterations: mostRounds } },
  )
}
