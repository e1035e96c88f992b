import type { StoredValue } from '../../context/stored-value.ts'
import { DiscomfortError } from '../../errors.ts'
import type { Ran, RunLoop } from '../../schema/bridge.ts'
import type { Call } from '../calls.ts'
import { reportProgress } from '../report-progress.ts'
import { giveOutput } from '../values/give-outputs.ts'
import { withModels } from '../values/hand-over.ts'
import { checkPorts } from './check-ports.ts'
import { isFulfilled } from './condition.ts'
import { runOnce, type RanOnce } from './run-once.ts'
import { hasRecipe, type Work } from './run-workflow.ts'

/** Runs a workflow again and again: what its outputs give goes back into inputs, until a condition holds. */
export async function runLoop(work: Work<RunLoop>): Promise<Ran> {
  const { connection, call, params, described } = work
  const wanted = params.outputs ?? described.outputs.map(([id]) => id)
  checkPorts(params.workflow, described, {
    inputs: [
      ...params.inputs.map(({ unique_id: id }) => id),
      ...params.feedback.map(([, input]) => input),
      ...(params.index === null ? [] : [params.index]),
    ],
    outputs: [...wanted, ...params.feedback.map(([output]) => output), ...(params.until ? [params.until.output] : [])],
  })
  const isNeeded = described.usesModels || hasRecipe(params.inputs)
  const { result, memory } = await withModels(connection, call, { models: params.models, isNeeded }, () =>
    runRounds(work, wanted),
  )
  const outputs = wanted.map((id) => giveOutput(id, result.values.get(id) ?? []))
  return { v: 1, outputs, rounds: result.rounds, warnings: result.warnings, memory, files: result.files }
}

interface Rounds {
  readonly values: ReadonlyMap<string, readonly StoredValue[]>
  readonly rounds: number
  readonly warnings: string[]
  readonly files: Ran['files']
}

async function runRounds({ connection, call, params, described, signal }: Work<RunLoop>, wanted: readonly string[]) {
  const { store } = call
  using report = reportProgress(connection, call.id)
  const outputs = described.outputs.map(([id]) => id)
  const values = new Map<string, StoredValue[]>()
  const warnings = new Set<string>()
  let last: RanOnce | undefined
  let round = 0
  for (; round < params.iterations; round += 1) {
    signal.throwIfAborted()
    if (params.index !== null) store.commit([[params.index, await store.prepare(round, 'INT')]])
    const share = {
      from: round / params.iterations,
      size: 1 / params.iterations,
      name: `Round ${round + 1} of ${params.iterations}`,
    }
    last = await runOnce(call, {
      path: params.workflow,
      outputs,
      previews: params.previews,
      login: params.login,
      signal,
      onEvent: (event) => report(event, share),
    })
    for (const warning of last.warnings) warnings.add(warning)
    for (const id of wanted) keep(call, values, { id, value: last.values.get(id), all: params.collect })
    feedBack(call, params.feedback, last.values)
    if (params.until && isFulfilled(params.until, await load(call, params.until.output, last.values))) {
      round += 1
      break
    }
  }
  const result: Rounds = { values, rounds: round, warnings: [...warnings], files: last?.files ?? [] }
  return result
}

/** Keeps a value of an output: beside those of earlier rounds, or in their place. Values end with the call's context. */
function keep(
  { store }: Call,
  values: Map<string, StoredValue[]>,
  { id, value, all }: { readonly id: string; readonly value: StoredValue | undefined; readonly all: boolean },
): void {
  if (!all) values.set(id, value ? [value] : [])
  else if (value) {
    // Its key is overwritten in the next round.
    store.hold(value)
    values.set(id, [...(values.get(id) ?? []), value])
  }
}

function feedBack({ store }: Call, pairs: RunLoop['feedback'], values: ReadonlyMap<string, StoredValue>): void {
  store.commit(
    pairs.flatMap(([output, input]) => {
      const value = values.get(output)
      return value ? [[input, value] as const] : []
    }),
  )
}

async function load({ store }: Call, id: string, values: ReadonlyMap<string, StoredValue>): Promise<unknown> {
  const value = values.get(id)
  if (value) return store.decode(value, id)
  const message = `The stop condition of the loop looks at "${id}", which gave nothing: it is muted, bypassed or blocked.`
  throw new DiscomfortError('VALUE_NOT_FOUND', message, { details: { key: id, known: [...values.keys()] } })
}
