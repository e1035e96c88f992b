import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import type { PlannedOutput } from './run-plan.ts'
import type { RunHost } from './run-host.ts'

/**
 * Makes the store ready for a run: values that a loader reads get a file, and the folder is there before the server
 * writes into it. A run of numbers alone touches nothing.
 */
export async function readyStore(
  host: RunHost,
  store: ContextStore,
  loads: readonly StoredValue[],
  outputs: readonly PlannedOutput[],
): Promise<void> {
  if (!sharesStore(host, store)) {
    if (loads.length > 0 || outputs.some(({ type, resident }) => resident || !mayBeSmall.has(type)))
      throw storeNotShared(host, store)
    return
  }
  if (loads.length === 0 && outputs.every(({ type, resident }) => !resident && alwaysSmall.has(type))) return
  store.ensureFolders()
  for (const value of loads) await store.ensureFile(value)
}

/** Whether the server sees all places in which values of this context may lie. */
export function sharesStore({ roots }: RunHost, { folders: { roots: used } }: ContextStore): boolean {
  return roots?.disk === used.disk && (used.ram === undefined || used.ram === roots.ram)
}

/** Types whose values travel inside messages. */
const alwaysSmall: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'BOOLEAN'])
const mayBeSmall: ReadonlySet<string> = new Set([...alwaysSmall, 'STRING', 'COMBO', '*'])

export function storeNotShared(host: RunHost, store: ContextStore): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  const url = host.connector.serverAddress
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `The ComfyUI at ${url} runs on another machine, or does not see ${store.folders.roots.disk}: pictures, tensors and long texts cannot be passed through ports. Constants and saved files can; or run Discomfort where ComfyUI runs.`,
    { details: { url, reason: 'the store is not shared' } },
  )
}
