import { randomUUID } from 'node:crypto'
import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import type { CompileOptions } from '../prompt/compile-options.ts'
import type { EventStream } from '../events/event-stream.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { checkBound, findAddressedOutputs } from './check-run.ts'
import { collectOutputs } from './collect-outputs.ts'
import { executePlan } from './execute-plan.ts'
import { explainRejection } from './explain-rejection.ts'
import { keepValues } from './keep-values.ts'
import type { LoadedWorkflow, WorkflowLoader, WorkflowSource } from './loaded-workflow.ts'
import { makePlan } from './make-plan.ts'
import { resolveInputs } from './resolve-inputs.ts'
import { filesOf } from './run-file.ts'
import type { RunOptions } from './run-options.ts'
import type { RunRecord } from './run.ts'

/** Where runs happen. */
export interface RunHost {
  readonly connector: ComfyConnector
  readonly loader: () => Promise<WorkflowLoader>
  readonly apiKey?: string | undefined
  /** How many runs of a workflow went before; each call counts one more. */
  readonly queued: (source: WorkflowSource) => number
  /** The root of the store, where it is not this machine's default. */
  readonly storeRoot?: string | undefined
  /** Whether the server sees our store. */
  readonly sharesStore: boolean
}

interface Running {
  readonly options: RunOptions
  readonly store: ContextStore
  readonly events: EventStream
  readonly record: RunRecord
  readonly signal: AbortSignal
}

/** Runs workflows one after another: read, bind, check all, then plan, execute and commit each; gives the outputs. */
export async function runWorkflows(
  host: RunHost,
  sources: readonly WorkflowSource[],
  running: Running,
): Promise<Record<string, unknown>> {
  const { options, store, record, events } = running
  const { connector } = host
  const asked = Promise.all([host.loader(), connector.nodeDefinitions()])
  const [loader, definitions] = await orAborted(asked, running.signal)
  const workflows: LoadedWorkflow[] = []
  for (const source of sources)
    workflows.push(await loader.load(source, { ...conversionOf(options), queued: host.queued(source) }))
  for (const [index, { compiled, name }] of workflows.entries()) {
    for (const { title, message } of compiled.warnings) warn(`"${title}": ${message}`, index)
    record.seeds.push(...compiled.seeds.map((seed) => ({ workflow: name, ...seed })))
  }
  const inputs = await resolveInputs(options.inputs ?? {}, workflows, definitions, store)
  const taps = findAddressedOutputs(Object.keys(options.outputs ?? {}), workflows, definitions)
  checkBound(workflows, (key) => store.get(key) !== undefined, inputs)
  store.commit(inputs.ports)

  const results = new Map<string, StoredValue>()
  for (const [index, loaded] of workflows.entries()) {
    running.signal.throwIfAborted()
    const { plan, loads } = makePlan(loaded, {
      valueOf: (key) => store.get(key),
      addressedInputs: placesIn(loaded, inputs),
      addressedOutputs: taps.get(loaded) ?? new Map(),
      replaced: inputs.ports,
    })
    const releases = loads.map((value) => store.hold(value))
    try {
      await readyStore(host, store, loads, plan.outputs)
      const promptId = randomUUID()
      const workflow = { name: loaded.name, promptId, milliseconds: 0, allCached: false }
      record.workflows.push(workflow)
      const executed = await executePlan(plan, loaded, {
        connector,
        promptId,
        contextId: store.contextId,
        apiKey: host.apiKey,
        events,
        workflowIndex: index,
        signal: running.signal,
      }).catch((error: unknown) => {
        throw explainRejection(error, plan.prompt, definitions, loaded.name)
      })
      Object.assign(workflow, { milliseconds: executed.milliseconds, allCached: executed.allCached })
      const { values, skipped } = collectOutputs(plan, executed, loaded, store)
      const hasFiles = [...values.values()].some(({ tree }) => tree === undefined)
      if (hasFiles && !host.sharesStore) throw storeNotShared(host, store)
      store.commit(values)
      for (const [key, value] of values) {
        results.set(key, value)
        events.emit('output', index, { uniqueId: key, valueType: value.receipt.type, shape: value.receipt.shape })
      }
      record.skipped.push(...skipped)
      const files = filesOf(executed.outputs, executed.prompt, connector)
      record.files.push(...files)
      for (const { node, title, classType, filename, subfolder, folderType } of files)
        events.emit('file', index, { node, title, classType, filename, subfolder, folderType })
    } finally {
      for (const release of releases) release()
    }
  }
  return keepValues(results, options, store)

  function warn(message: string, index: number): void {
    record.warnings.push(message)
    events.emit('warning', index, { message })
  }
}

/** Waits for what has no end of its own to cancel, no longer than the run lasts. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  return Promise.race([work, aborted])
}

function conversionOf({ seeds, dynamicPrompts, missingNodes, random }: RunOptions): CompileOptions {
  return { seeds, dynamicPrompts, missingNodes, random }
}

function placesIn(loaded: LoadedWorkflow, inputs: Awaited<ReturnType<typeof resolveInputs>>) {
  return new Map(
    [...inputs.addresses].flatMap(([address, { value, places }]) => {
      const at = places.get(loaded)
      return at ? [[address, { at, value }] as const] : []
    }),
  )
}

/**
 * Makes the store ready for a run: values that a loader reads get a file, and the folder is there before the server
 * writes into it. A run of numbers alone touches nothing.
 */
async function readyStore(
  host: RunHost,
  store: ContextStore,
  loads: readonly StoredValue[],
  outputs: readonly { readonly type: string }[],
): Promise<void> {
  if (!host.sharesStore) {
    if (loads.length > 0 || outputs.some(({ type }) => !mayBeSmall.has(type))) throw storeNotShared(host, store)
    return
  }
  if (loads.length === 0 && outputs.every(({ type }) => alwaysSmall.has(type))) return
  await store.ensureFolder()
  for (const value of loads) await store.ensureFile(value)
}

/** Types whose values travel inside messages. */
const alwaysSmall: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'BOOLEAN'])
const mayBeSmall: ReadonlySet<string> = new Set([...alwaysSmall, 'STRING', 'COMBO', '*'])

function storeNotShared(host: RunHost, store: ContextStore): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  const url = host.connector.serverAddress
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `The ComfyUI at ${url} runs on another machine, or does not see ${store.root}: pictures, tensors and long texts cannot be passed through ports. Constants and saved files can; or run Discomfort where ComfyUI runs.`,
    { details: { url, reason: 'the store is not shared' } },
  )
}
