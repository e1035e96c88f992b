import { DiscomfortError } from '../errors.ts'
import { checkKeys } from '../schema/check-keys.ts'
import type { KindMap } from '../media/kind-map.ts'
import type { Kind } from '../values/kinds.ts'
import { treeText } from '../values/tree-text.ts'
import { describe, wrongType } from '../values/wrong-type.ts'
import { ContextStore } from './context-store.ts'
import { exportValue, type ExportOptions } from './user-files/export-value.ts'
import { importValue, type ImportOptions } from './user-files/import-value.ts'
import { saveContext } from './keys/saved-context.ts'
import type { StoreRoots } from './places/store-roots.ts'
import { storageOf, type StoredValue } from './stored-value.ts'

/** The internal side of a context, for runs. @internal */
export const contextStore: unique symbol = Symbol('discomfort.contextStore') as never

/** How a {@link WorkflowContext} is opened. */
export interface WorkflowContextOptions {
  /**
   * A name of 1 to 200 characters: the values then lie on disk, outlive the script, and can be opened again under that
   * name, by several scripts at once. They are there until `shutdown({ remove: true })`. What stays alive in the server
   * (`resident`) ends with the script all the same.
   */
  readonly name?: string | undefined
  /** The folder of a context that {@link WorkflowContext.saveTo} made: its values are there, and the folder stays as it is. */
  readonly from?: string | undefined
  /**
   * How much memory the values may take, in GiB. What was used longest ago moves to disk. Default: a quarter of what is
   * free when the context is first used.
   */
  readonly maxRamGb?: number | undefined
  /** The same in percent of the machine's memory; the smaller of the two holds. */
  readonly maxRamPercent?: number | undefined
  /** False keeps all values on disk. Default: true. */
  readonly useRam?: boolean | undefined
}

const optionNames = [
  'name',
  'from',
  'maxRamGb',
  'maxRamPercent',
  'useRam',
] as const satisfies (keyof WorkflowContextOptions)[]

/** How {@link WorkflowContext.save} stores a value. */
export interface SaveOptions {
  /** The ComfyUI type to store it as, by default the one that the value has of itself: `'FLOAT'` makes 7 the float 7.0. */
  type?: string | undefined
  /** False writes its file to disk although there is memory left. Default: true. */
  useRam?: boolean | undefined
}

/** What {@link WorkflowContext.getStorageInfo} tells. */
export interface StorageInfo {
  /** The ComfyUI type. */
  type: string
  /** Whether it is a ComfyUI list. */
  list: boolean
  /** Data type and shape of the tensor, if the value is one (for a LATENT: of its samples). */
  dtype: string | null
  shape: number[] | null
  /** The size of the file, or the length of the text where there is none. */
  bytes: number
  /**
   * Small values without tensors are kept in the script (`inline`), others in a file: in memory (`ram`) or on disk (`disk`,
   * also where they lie in the folder that the context was opened from). A {@link Reference} and what stays alive in the
   * server (`resident`) have no bytes.
   */
  storage: 'inline' | 'ram' | 'disk' | 'reference' | 'resident'
}

/** What {@link WorkflowContext.getUsage} tells. */
export interface ContextUsage {
  keys: number
  /** How many files the keys use; several keys can share one. */
  files: number
  /** The size of these files. */
  bytes: number
  /** How much of that is in memory. */
  ramBytes: number
  /** How many values of the keys stay alive in the server. */
  residents: number
}

/**
 * A store of values by key that outlives single runs: INPUT ports take their values from it and OUTPUT ports put
 * theirs into it, by `unique_id`. Any string is a key. Values with tensors lie in files (in RAM where the machine has
 * `/dev/shm`), everything ends with {@link WorkflowContext.shutdown} or with the process.
 *
 * What is loaded is lazy: it is valid until its key is overwritten or deleted or the context closes, then
 * `VALUE_GONE`; `await value.load()` keeps it.
 *
 * @example
 * await using context = discomfort.context()
 * await context.save('image', await Image.open('in.png'))
 * await discomfort.run('improve.json', { context })
 * await (await context.load('image', 'IMAGE')).toFile('out.png')
 */
export class WorkflowContext {
  /** @internal */
  readonly [contextStore]: ContextStore

  /** @throws {@link DiscomfortError} `CONFIG_INVALID`; `VALUE_NOT_FOUND` where nothing was saved in `from` */
  constructor(options: WorkflowContextOptions = {}, roots?: StoreRoots) {
    checkKeys(options, optionNames, 'context')
    this[contextStore] = new ContextStore(roots, options)
  }

  /**
   * Stores a value under a key, in place of what was there. It is complete when the promise resolves: what happens to
   * the value later does not change it. What was loaded and is saved again under another key shares its bytes.
   *
   * @throws {@link DiscomfortError} `VALUE_TYPE` and `INT_UNSAFE` for what cannot be stored without loss;
   * `STORE_FULL` (the old value stays); `CLOSED`.
   * @example
   * await context.save('seed', 7)
   * await context.save('strength', 1, { type: 'FLOAT' })
   */
  async save(id: string, value: unknown, { type, useRam }: SaveOptions = {}): Promise<void> {
    if (typeof id !== 'string') throw wrongType('a string as the key', describe(id))
    const store = this[contextStore]
    store.commit([[id, await store.prepare(value, type, id, useRam)]])
  }

  /**
   * The value of a key. With a kind it is checked and typed; without, IMAGE, MASK and LATENT come as their classes,
   * ComfyUI lists as arrays, everything else as plain JavaScript.
   *
   * @throws {@link DiscomfortError} `VALUE_NOT_FOUND`; `VALUE_TYPE` and `INT_UNSAFE` where it is not of the kind, with no
   * lossy coercion; `VALUE_CORRUPT`; `CLOSED`.
   * @example
   * const quality = await context.load('quality', 'FLOAT')
   */
  load<K extends Kind>(id: string, kind: K): Promise<KindMap[K]>
  load(id: string, kind?: Kind): Promise<unknown>
  async load(id: string, kind?: Kind): Promise<unknown> {
    return this[contextStore].decode(this.#find(id), id, kind)
  }

  /** Whether there is a value under this key. */
  has(id: string): boolean {
    this[contextStore].refuseClosed()
    return this[contextStore].get(id) !== undefined
  }

  /** Removes a value. Whether there was one. */
  delete(id: string): boolean {
    return this[contextStore].delete(id)
  }

  /** All keys, the oldest first. */
  listKeys(): string[] {
    this[contextStore].refuseClosed()
    return this[contextStore].keys()
  }

  /**
   * How a value is stored; nothing is read for it.
   *
   * @throws {@link DiscomfortError} `VALUE_NOT_FOUND`; `CLOSED`.
   */
  getStorageInfo(id: string): StorageInfo {
    const stored = this.#find(id)
    const { receipt, tree } = stored
    const { type, list, dtype, shape } = receipt
    const bytes = tree === undefined ? receipt.bytes : treeText(tree).length
    const storage = storageOf(stored)
    const place = this[contextStore].placeOf(stored) === 'ram' ? 'ram' : 'disk'
    return { type, list, dtype, shape: shape && [...shape], bytes, storage: storage === 'file' ? place : storage }
  }

  /** Whether it was shut down. */
  get isClosed(): boolean {
    return this[contextStore].isClosed
  }

  /** How many keys there are, and what their files take. */
  getUsage(): ContextUsage {
    const store = this[contextStore]
    store.refuseClosed()
    const keys = store.keys()
    const stored = new Set(keys.map((key) => store.get(key)).filter((value) => value !== undefined))
    const files = [...stored].filter((value) => storageOf(value) === 'file')
    const residents = [...stored].filter(({ resident }) => resident).length
    const sizeOf = (values: StoredValue[]) => values.reduce((sum, { receipt }) => sum + receipt.bytes, 0)
    const ramBytes = sizeOf(files.filter((value) => store.placeOf(value) === 'ram'))
    return { keys: keys.length, files: files.length, bytes: sizeOf(files), ramBytes, residents }
  }

  /**
   * Writes a value to a file by the ending of `path`: `.png`, `.jpg`, `.jpeg` and `.webp` for an IMAGE or a MASK, `.wav`
   * for an AUDIO, `.mp4` (or what its container is) for a VIDEO, the own ending of a 3D file, `.svg` for a drawing, `.json`
   * for what JSON can hold, `.safetensors` for every value. With `remove` the key is deleted afterwards.
   *
   * @throws {@link DiscomfortError} `EXPORT_EXISTS` where the file exists and `overwrite` is not set; `VALUE_TYPE` where
   * the value does not go into such a file; `VALUE_NOT_FOUND`; `CLOSED`.
   * @example
   * await context.exportData('image', 'out/image.png', { overwrite: true })
   */
  async exportData(
    id: string,
    path: string,
    options: ExportOptions & { remove?: boolean | undefined } = {},
  ): Promise<void> {
    const store = this[contextStore]
    const stored = this.#find(id)
    const release = store.hold(stored)
    try {
      await exportValue(store, stored, { id, path, ...options })
      // Not what a later save put there meanwhile.
      if (options.remove && store.get(id) === stored) store.delete(id)
    } finally {
      release()
    }
  }

  /**
   * Reads a file into the context, by the ending of `path`: all that {@link WorkflowContext.exportData} writes, and other
   * pictures that {@link Image.open} opens. A value in a `.safetensors` file keeps its type; numbers of JSON are floats
   * where they have a point.
   *
   * @throws {@link DiscomfortError} `IMPORT_EXISTS` where the key has a value and `overwrite` is not set; `VALUE_NOT_FOUND`
   * where there is no such file; `VALUE_CORRUPT` where it is damaged; `VALUE_TYPE` where it is not of the type that is
   * asked for, or its ending is not known; `STORE_FULL`; `CLOSED`.
   * @example
   * await context.importData('mask', 'white-on-black.png', { type: 'MASK', overwrite: true })
   */
  async importData(id: string, path: string, options: ImportOptions = {}): Promise<void> {
    const store = this[contextStore]
    store.refuseClosed()
    await importValue(store, { id, path, ...options })
  }

  /**
   * Saves the whole context into a folder, which appears when it is complete: `discomfort.context({ from })` opens it again,
   * on this machine or another. The files in it are safetensors, each with a checksum.
   *
   * @throws {@link DiscomfortError} `EXPORT_EXISTS`; `STORE_FULL`; `VALUE_IS_REFERENCE` for what stays alive in the server
   * @example
   * await context.saveTo('evening')
   * await using next = discomfort.context({ from: 'evening' })
   */
  async saveTo(path: string, { overwrite = false }: ExportOptions = {}): Promise<void> {
    const store = this[contextStore]
    store.refuseClosed()
    await saveContext(store, path, overwrite)
  }

  /**
   * Forgets all values and removes their files; those of a context with a name stay for the next script, unless `remove` is
   * set. Never fails, and may be called twice.
   */
  async shutdown({ remove = false }: { remove?: boolean | undefined } = {}): Promise<void> {
    const store = this[contextStore]
    await store.close()
    if (remove) await store.destroy()
  }

  /** The same as {@link WorkflowContext.shutdown}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  #find(id: string): StoredValue {
    const store = this[contextStore]
    store.refuseClosed()
    const stored = store.get(id)
    if (stored) return stored
    const known = store.keys()
    const shown = known.slice(0, 20).map((key) => JSON.stringify(key.slice(0, 80)))
    const holds = known.length === 0 ? 'is empty' : `holds ${shown.join(', ')}${known.length > 20 ? ', …' : ''}`
    const message = `There is no value ${JSON.stringify(id.slice(0, 80))} in the context, which ${holds}.`
    throw new DiscomfortError('VALUE_NOT_FOUND', message, { details: { key: id, known } })
  }
}
