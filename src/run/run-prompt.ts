import { randomUUID } from 'node:crypto'
import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import type { EventStream } from '../events/event-stream.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Bindings } from './bindings.ts'
import { checkDepth } from './check-depth.ts'
import { checkRecipe } from './check-recipe.ts'
import { blockedOutputs, collectOutputs, disabledPorts, readEntries } from './collect-outputs.ts'
import { executePlan } from './execute-plan.ts'
import { explainRejection } from './explain-rejection.ts'
import type { JoinedWorkflow } from './join-workflows.ts'
import { makePlan, type MadePlan, type PlanRequest } from './make-plan.ts'
import { changedFileWarning, noteRecipeFiles } from './note-files.ts'
import { isServerLost, type RetryPolicy } from './retry-policy.ts'
import type { RunHost } from './run-host.ts'
import { filesOf } from './run-file.ts'
import type { RunOptions } from './run-options.ts'
import type { RunRecord } from './run.ts'
import { withoutPack } from './without-pack.ts'

/** What all prompts of a run have in common. */
export interface Running {
  readonly options: RunOptions
  readonly store: ContextStore
  readonly bindings: Bindings
  readonly events: EventStream
  readonly record: RunRecord
  readonly signal: AbortSignal
  /** Whether the outputs are read at once and belong to the caller, since nothing keeps them. */
  readonly owned: boolean
  /** Whether an attempt that failed is followed by another one. */
  readonly mayRetry: RetryPolicy
}

/** One prompt of a run. */
export interface PromptJob {
  readonly joined: JoinedWorkflow
  /** The place of its first workflow in the list. */
  readonly index: number
  readonly definitions: NodeDefinitions
  readonly request: PlanRequest
}

/** Plans, executes and commits one prompt; gives its outputs. All of them enter the context together, or none. */
export async function runPrompt(
  host: RunHost,
  { joined, index, definitions, request }: PromptJob,
  running: Running,
): Promise<ReadonlyMap<string, StoredValue>> {
  const { store, bindings, events, record, options } = running
  running.signal.throwIfAborted()
  const made = makePlan(joined, request)
  checkDepth(made.plan.prompt, joined.name)
  for (const [key, recipe] of made.recipes)
    for (const message of checkRecipe(key, recipe, definitions, options.passBy)) warn(message, index, running)
  const values = new Map<string, StoredValue>()
  const releases = made.loads.map((value) => store.hold(value))
  try {
    const { sent, recipes } = await repeatedly(host, joined.name, index, running, async () => ({
      recipes: await noteRecipeFiles(host.connector, made.recipes),
      sent: needsServer(made, definitions) ? await send(host, { joined, index, definitions, made }, running) : [],
    }))
    for (const [key, value] of sent) values.set(key, value)
    for (const [key, recipe] of recipes) values.set(key, store.addRecipe(recipe))
    bindings.commit(values)
  } finally {
    for (const release of releases) release()
  }
  for (const [key, { receipt }] of values)
    events.emit('output', index, { uniqueId: key, valueType: receipt.type, shape: receipt.shape })
  record.skipped.push(...joined.parts.flatMap(disabledPorts))
  return values
}

/** Sends a prompt again as often as the run may. Nothing was committed, so each attempt begins with the same values. */
async function repeatedly<Result>(
  { connector }: RunHost,
  workflow: string,
  index: number,
  { events, record, signal, mayRetry }: Running,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    events.attempt(attempt)
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !mayRetry(error, attempt)) throw error
      const { code, message } = error
      record.retries.push({ workflow, attempt, code, message })
      events.emit('retrying', index, { code, message, next: attempt + 1 })
      if (isServerLost(error)) await connector.ready({ signal, doubt: true })
    }
  }
}

/** A warning is told once a run, however many rounds it has. */
export function warn(message: string, index: number, { record, events }: Running): void {
  if (record.warnings.includes(message)) return
  record.warnings.push(message)
  events.emit('warning', index, { message })
}

/** A workflow that only tells how values are made gives the server nothing to do. */
function needsServer({ plan, recipes }: MadePlan, definitions: NodeDefinitions): boolean {
  if (recipes.size === 0 || plan.outputs.length > 0) return true
  return Object.values(plan.prompt).some(({ class_type }) => definitions[class_type]?.output_node === true)
}

async function send(
  host: RunHost,
  { joined, index, definitions, made: { plan, loads, originOf } }: Omit<PromptJob, 'request'> & { made: MadePlan },
  running: Running,
): Promise<ReadonlyMap<string, StoredValue>> {
  const { options, store, events, record, signal } = running
  const { connector } = host
  const exchange = host.exchange(store)
  const useRam = options.useRam ?? true
  const isPlain = plan.needsPack && !connector.handshake
  const plain = isPlain ? await withoutPack(plan, loads, { connector, store, name: joined.name }) : undefined
  for (const message of plain?.warnings ?? []) warn(message, index, running)
  await exchange.provide(loads, plan.outputs, signal)
  const promptId = randomUUID()
  const workflow = { name: joined.name, promptId, milliseconds: 0, allCached: false }
  record.workflows.push(workflow)
  const executed = await executePlan(plain?.plan ?? plan, joined, {
    connector,
    promptId,
    contextId: store.contextId,
    exchange,
    useRam,
    login: options.login ?? { apiKey: host.apiKey },
    previews: options.previews,
    executionTimeout: options.executionTimeout,
    events,
    workflowIndex: index,
    originOf,
    signal,
    onChangedFiles(names) {
      for (const name of names) warn(changedFileWarning(name), index, running)
    },
  }).catch((error: unknown) => {
    throw explainRejection(error, plan.prompt, definitions, { name: joined.name, originOf })
  })
  Object.assign(workflow, { milliseconds: executed.milliseconds, allCached: executed.allCached })
  const values = plain ? await plain.collect(executed) : await collect()
  record.skipped.push(...blockedOutputs(values, { plan, executed, joined }))
  const savers = new Set(plan.outputs.map(({ node }) => node))
  const saved = new Map([...executed.outputs].filter(([node]) => !savers.has(node)))
  const files = filesOf(saved, executed.prompt, connector, originOf)
  record.files.push(...files)
  for (const { node, title, classType, filename, subfolder, folderType } of files)
    events.emit('file', index, { node, title, classType, filename, subfolder, folderType })
  return values

  async function collect(): Promise<Map<string, StoredValue>> {
    const entries = readEntries(plan, executed)
    await exchange.take([...entries.values()], useRam, signal)
    return collectOutputs(entries, store)
  }
}
