import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { BridgeInput, Ran, RunWorkflow } from '../../schema/bridge.ts'
import type { Call } from '../calls.ts'
import { reportProgress } from '../report-progress.ts'
import { giveOutput } from '../values/give-outputs.ts'
import { withModels } from '../values/hand-over.ts'
import { checkPorts } from './check-ports.ts'
import type { DescribedWorkflow } from './read-described.ts'
import { runOnce } from './run-once.ts'

/** What all ways to run a workflow for a node need. */
export interface Work<Params> {
  readonly connection: MessageConnection
  readonly call: Call
  readonly params: Params
  readonly described: DescribedWorkflow
  readonly signal: AbortSignal
}

/** Runs a workflow once. */
export async function runWorkflow({ connection, call, params, described, signal }: Work<RunWorkflow>): Promise<Ran> {
  const { workflow: path, previews, models, login } = params
  const outputs = params.outputs ?? described.outputs.map(([id]) => id)
  checkPorts(path, described, { inputs: params.inputs.map(({ unique_id: id }) => id), outputs })
  using report = reportProgress(connection, call.id)
  const share = { from: 0, size: 1, name: '' }
  const isNeeded = described.usesModels || hasRecipe(params.inputs)
  const { result, memory } = await withModels(connection, call, { models, isNeeded }, () =>
    runOnce(call, { path, outputs, previews, login, signal, onEvent: (event) => report(event, share) }),
  )
  const given = outputs.map((id) => {
    const value = result.values.get(id)
    return giveOutput(id, value ? [value] : [])
  })
  return { v: 1, outputs: given, rounds: 1, warnings: [...result.warnings], memory, files: result.files }
}

/** Whether something comes in that is made of models. */
export function hasRecipe(inputs: readonly BridgeInput[]): boolean {
  return inputs.some((input) => 'recipe' in input)
}
