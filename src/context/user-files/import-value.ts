import { DiscomfortError } from '../../errors.ts'
import { wrongType } from '../../values/wrong-type.ts'
import type { ContextStore } from '../context-store.ts'
import { EXPORT_ENDINGS } from './export-value.ts'
import { openValue } from './open-value.ts'

/** How a file is read into a context. */
export interface ImportOptions {
  /** The ComfyUI type to store it as, by default the one that the file itself has: `'MASK'` reads a picture as a mask. */
  type?: string | undefined
  /** Whether the value that the key has is replaced (default false); if not, it is `IMPORT_EXISTS`. */
  overwrite?: boolean | undefined
}

/** Reads a file by the ending of its path and binds its value to a key. */
export async function importValue(
  store: ContextStore,
  { id, path, type, overwrite = false }: ImportOptions & { id: string; path: string },
): Promise<void> {
  const refuseExisting = () => {
    if (overwrite || store.get(id) === undefined) return
    const message = `The context has a value ${JSON.stringify(id.slice(0, 80))} already. Pass { overwrite: true } to replace it.`
    throw new DiscomfortError('IMPORT_EXISTS', message, { details: { key: id } })
  }
  refuseExisting()
  const opened = await openValue(path, type)
  if (!opened) throw wrongType(`a file that ends in ${EXPORT_ENDINGS.join(', ')}`, JSON.stringify(path), { key: id })
  const stored = await store.prepare(opened.value, type ?? opened.type, id)
  const release = store.hold(stored)
  try {
    // Somebody may have saved under this key while the file was read.
    refuseExisting()
    store.commit([[id, stored]])
  } finally {
    release()
  }
}
