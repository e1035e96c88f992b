import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { StoredValue } from '../../context/stored-value.ts'
import type { RunEvent } from '../../events/event.ts'
import type { Run } from '../../run/run.ts'
import type { PartnerLogin } from '../../run/run-options.ts'
import type { Ran } from '../../schema/bridge.ts'
import type { Call } from '../calls.ts'

/** How a workflow is run for a node. */
export interface Once {
  readonly path: string
  readonly outputs: readonly string[]
  readonly previews: boolean
  readonly login: PartnerLogin | undefined
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

/** What one run gave: the values of the outputs that gave something, and what it tells besides. */
export interface RanOnce {
  readonly values: ReadonlyMap<string, StoredValue>
  readonly warnings: readonly string[]
  readonly files: Ran['files']
}

/** Runs a workflow with the values of the call's context, and gives what its outputs put there. */
export async function runOnce(call: Call, { path, outputs, previews, login, signal, onEvent }: Once): Promise<RanOnce> {
  const { discomfort, context, store } = call
  // An output that gives nothing this time must not show what it gave the last time.
  const before = new Map(outputs.map((id) => [id, store.get(id)]))
  const run: Run<unknown> = discomfort.run(path, { context, previews, login, signal, onEvent })
  await run.catch((error: unknown) => {
    throw isDiscomfortError(error, 'PORT_UNBOUND') ? notLinked(error) : error
  })
  const values = new Map<string, StoredValue>()
  for (const id of outputs) {
    const value = store.get(id)
    if (value !== undefined && value !== before.get(id)) values.set(id, value)
  }
  const { warnings, files } = run.report
  return {
    values,
    warnings,
    files: files.flatMap(({ filename, subfolder, folderType }) =>
      folderType === 'output' ? [{ filename, subfolder, type: folderType }] : [],
    ),
  }
}

/** The advice of the library is for scripts. */
function notLinked({ details }: DiscomfortError<'PORT_UNBOUND'>): DiscomfortError<'PORT_UNBOUND'> {
  const ports = details.ports.map(({ uniqueId, type }) => `"${uniqueId}" (${type})`).join(', ')
  const message = `${details.workflow} needs a value for ${ports}. Link something to that input of the node, or open the workflow and link the port to a widget that has a value.`
  return new DiscomfortError('PORT_UNBOUND', message, { details })
}
