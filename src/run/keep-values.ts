import type { ContextStore } from '../context/context-store.ts'
import { Reference } from '../context/reference.ts'
import { Resident } from '../context/resident.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import type { RunOptions } from './run-options.ts'

/** Without a context to keep them, values are read into memory; more than this is an error. */
const memoryLimit = 2 ** 30

/**
 * The outputs as the caller gets them, checked against the kinds that were asked for. In a context they are lazy;
 * where nothing keeps them (`owned`) they are read now and belong to the caller.
 *
 * @throws {@link DiscomfortError} `VALUE_TYPE`, `INT_UNSAFE`, `VALUE_TOO_LARGE`, `VALUE_NOT_FOUND` for an asked output that gave nothing
 */
export async function keepValues(
  results: ReadonlyMap<string, StoredValue>,
  options: RunOptions,
  { store, owned }: { readonly store: ContextStore; readonly owned: boolean },
): Promise<Record<string, unknown>> {
  const outputs = Object.create(null) as Record<string, unknown>
  const kinds = options.outputs ?? {}
  for (const key of Object.keys(kinds)) {
    if (results.has(key)) continue
    throw new DiscomfortError(
      'VALUE_NOT_FOUND',
      `The output "${key}" gave no value: it was blocked, muted or bypassed. run.skipped says which.`,
      { details: { key, known: [...results.keys()] } },
    )
  }
  for (const [key, stored] of results) {
    if (owned && stored.receipt.bytes > memoryLimit) {
      throw new DiscomfortError(
        'VALUE_TOO_LARGE',
        `The output "${key}" has ${stored.receipt.bytes} bytes: too much to be read at once. Pass a context, then it is read when you ask for it.`,
        { details: { key, bytes: stored.receipt.bytes, limit: memoryLimit } },
      )
    }
    const value = await store.decode(stored, key, Object.hasOwn(kinds, key) ? kinds[key] : undefined)
    if (owned) await loadAll(value)
    outputs[key] = value
  }
  return outputs
}

/** Reads every tensor inside a value. */
async function loadAll(value: unknown): Promise<void> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if (value instanceof Reference || value instanceof Resident) return
  if ('load' in value && typeof value.load === 'function') {
    await (value as { load(): Promise<unknown> }).load()
    return
  }
  const items = value instanceof Map ? value.values() : Object.values(value)
  for (const item of items) await loadAll(item)
}
