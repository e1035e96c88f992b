import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DiscomfortError } from '../errors.ts'
import { fileClasses } from '../media/file-classes.ts'
import { type Receipt, receiptSchema } from '../schema/receipt.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import { decodeTree } from '../values/decode-tree.ts'
import { decodeValue } from '../values/decode-value.ts'
import { type EncodedValue, encodeValue } from '../values/encode-value.ts'
import type { Kind } from '../values/kinds.ts'
import type { TaggedJson } from '../values/tagged-json.ts'
import { Tensor } from '../values/tensor.ts'
import { treeText } from '../values/tree-text.ts'
import { createContextFolder } from './context-folder.ts'
import { type OpenedValueFile, openValueFile, readValueBytes, valueGone } from './read-value-file.ts'
import type { Recipe } from './recipe.ts'
import { Reference, valueIsReference } from './reference.ts'
import { Resident, valueIsResident } from './resident.ts'
import { INLINE_LIMIT, type StoredValue } from './stored-value.ts'
import { storeRoot } from './store-root.ts'
import { leasePath, valuePath } from './value-path.ts'
import type { ValueParts } from '../values/value-layout.ts'
import { type Version, Versions } from './versions.ts'
import { removeFolder } from './remove-folder.ts'
import { writeValueFile } from './write-value-file.ts'

/**
 * What runs use of a context. Values are first prepared (encoded, and written where they need a file), then bound to
 * keys all at once, without waiting: so the outputs of a workflow appear together or not at all.
 */
export class ContextStore {
  readonly contextId: string = randomUUID()
  readonly #givenRoot: string | undefined
  readonly #keys = new Map<string, Version>()
  readonly #versions = new Versions()
  /** From which version a tensor came that was given to the user: saving it again then shares its file. */
  readonly #origins = new WeakMap<Tensor, { version: Version; treeText: string; name: string }>()
  readonly #writing = new Set<Promise<unknown>>()
  readonly #closed = new AbortController()
  #root: string | undefined
  #folder: Promise<string> | undefined
  #closing: Promise<void> | undefined

  constructor(root?: string) {
    this.#givenRoot = root
  }

  get root(): string {
    return (this.#root ??= this.#givenRoot ?? storeRoot())
  }

  /** Where the files of this context lie. It need not be there: see {@link ensureFolder}. */
  get folder(): string {
    return join(this.root, this.contextId)
  }

  /** Makes the folder, before the first value that needs a file and before the server writes into it. */
  async ensureFolder(): Promise<string> {
    this.refuseClosed()
    this.#folder ??= createContextFolder(this.root, this.contextId)
    try {
      return await this.#folder
    } catch (error) {
      this.#folder = undefined
      throw error
    }
  }

  /**
   * Encodes a value as a ComfyUI type and writes it where it needs a file. It stays until its first use ends: bind it
   * with {@link commit}, or {@link hold} it and let go.
   */
  async prepare(value: unknown, type = '*', key?: string): Promise<StoredValue> {
    this.refuseClosed()
    if (value instanceof Reference) return this.addRecipe(value.recipe)
    if (value instanceof Resident) return this.#live(value.stored, key).stored
    const encoded = encodeValue(value, type, key)
    const { tensors, tree } = encoded
    if (tensors.length === 0 && treeText(tree).length <= INLINE_LIMIT) {
      return this.#versions.add({ receipt: receiptOf(encoded, randomUUID(), 0), tree }).stored
    }
    const shared = this.#sharedVersion(encoded)
    if (shared) return shared.stored
    const id = randomUUID()
    const folder = await this.ensureFolder()
    const bytes = await this.#write(folder, id, encoded)
    return this.#versions.add({ receipt: receiptOf(encoded, id, bytes) }, valuePath(folder, id)).stored
  }

  /** Takes in how a value is made. The values that its nodes read are kept as long as it is. */
  addRecipe(recipe: Recipe): StoredValue {
    const { type, isList: list, reads } = recipe
    const receipt: Receipt = { v: 1, id: randomUUID(), type, list, dtype: null, shape: null, bytes: 0 }
    const holds = reads.map((read) => this.hold(read))
    return this.#versions.add({ receipt, recipe }, undefined, () => holds.forEach((release) => release())).stored
  }

  get(key: string): StoredValue | undefined {
    return this.#keys.get(key)?.stored
  }

  keys(): string[] {
    return [...this.#keys.keys()]
  }

  /** Binds values to keys, all of them or none. */
  commit(entries: Iterable<readonly [key: string, stored: StoredValue]>): void {
    this.refuseClosed()
    const bound = [...entries].map(([key, stored]) => [key, this.#live(stored, key)] as const)
    for (const [key, version] of bound) {
      const before = this.#keys.get(key)
      this.#versions.use(version)
      this.#keys.set(key, version)
      if (before) this.#versions.release(before)
    }
  }

  /** Forgets a key. Whether there was one. */
  delete(key: string): boolean {
    this.refuseClosed()
    const version = this.#keys.get(key)
    if (!version) return false
    this.#keys.delete(key)
    this.#versions.release(version)
    return true
  }

  /** Keeps a version while a run uses it. Gives a function that lets it go; a second call of it does nothing. */
  hold(stored: StoredValue): () => void {
    const version = this.#live(stored)
    this.#versions.use(version)
    let held = true
    return () => {
      if (held) this.#versions.release(version)
      held = false
    }
  }

  /** Takes in what the server made: a file in this context's folder, or a tree. Both are checked. */
  adopt(told: unknown, tree?: TaggedJson): StoredValue {
    const receipt = this.#checked(told)
    const path = valuePath(this.folder, receipt.id)
    if (tree === undefined) return this.#versions.add({ receipt }, path).stored
    if (receipt.list && !Array.isArray(tree)) throw corruptValue(receipt.id, 'it is a list whose tree is no array')
    decodeTree(tree, { id: receipt.id, tensor: () => undefined })
    return this.#versions.add({ receipt, tree }).stored
  }

  /** Takes in what stays alive in the server, as long as its lease lies in this context's folder. */
  adoptResident(told: unknown): StoredValue {
    const receipt = this.#checked(told)
    return this.#versions.add({ receipt, resident: true }, leasePath(this.folder, receipt.id)).stored
  }

  /** Writes a file for a version that was made without one, so that a loader node can read it. */
  async ensureFile(stored: StoredValue): Promise<void> {
    const version = this.#live(stored)
    const { tree, receipt } = stored
    if (version.path !== undefined || tree === undefined) return
    version.writing ??= this.ensureFolder().then(async (folder) => {
      await this.#write(folder, receipt.id, { ...receipt, tree, tensors: [] })
      version.path = valuePath(folder, receipt.id)
    })
    try {
      await version.writing
    } finally {
      version.writing = undefined
    }
  }

  /** The value for the user; its tensors are read when they are asked for. */
  async decode(stored: StoredValue, key?: string, kind?: Kind): Promise<unknown> {
    const { receipt, tree, recipe, resident } = stored
    if (resident) {
      if (kind !== undefined) throw valueIsResident(key ?? receipt.id, `${kind} to read`, receipt)
      return new Resident(this.#live(stored, key).stored)
    }
    if (recipe) {
      if (kind !== undefined) throw valueIsReference(key ?? receipt.id, `${kind} to read`, recipe.type)
      return new Reference(recipe)
    }
    const common = {
      id: receipt.id,
      type: receipt.type,
      list: receipt.list,
      classes: fileClasses,
    }
    if (tree !== undefined) return decodeValue({ ...common, tree, tensor: () => undefined }, key, kind)
    const version = this.#live(stored, key)
    const header = await this.#open(version)
    const tensors = new Map<string, Tensor>()
    const tensor = (name: string): Tensor | undefined => {
      const known = tensors.get(name) ?? this.#lazyTensor(version, header, name, key)
      if (known) tensors.set(name, known)
      return known
    }
    return decodeValue({ ...common, tree: header.tree, tensor }, key, kind)
  }

  /** The tree of a version, from its file where it has one. */
  async treeOf(stored: StoredValue): Promise<TaggedJson> {
    return stored.tree ?? (await this.#open(this.#live(stored))).tree
  }

  /** The path of a version's file, for copying it as it is; undefined where it has none. */
  pathOf(stored: StoredValue): string | undefined {
    return this.#live(stored).path
  }

  /** Forgets everything and removes the folder. Never fails; what is read lazily is `VALUE_GONE` from now on. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  refuseClosed(): void {
    if (!this.#closing) return
    throw new DiscomfortError('CLOSED', 'The context is closed. Open a new one.', { details: { what: 'context' } })
  }

  async #close(): Promise<void> {
    this.#closed.abort()
    this.#keys.clear()
    await Promise.allSettled([this.#versions.close(), ...this.#writing])
    // Asked in place: most runs need no folder, and removing one that is not there goes through the thread pool.
    if (!this.#folder && !existsSync(this.folder)) return
    await this.#folder?.catch(() => {})
    await removeFolder(this.folder)
  }

  #checked(told: unknown): Receipt {
    this.refuseClosed()
    const parsed = receiptSchema.safeParse(told)
    if (parsed.success) return parsed.data
    throw corruptValue('of a receipt', parsed.error.issues[0]?.message ?? 'it is no receipt')
  }

  async #write(folder: string, id: string, value: ValueParts): Promise<number> {
    this.refuseClosed()
    const writing = writeValueFile(folder, id, value, this.#closed.signal)
    this.#writing.add(writing)
    try {
      return await writing
    } catch (error) {
      // Closing ends the writing, which is no failure of the file system then.
      this.refuseClosed()
      throw error
    } finally {
      this.#writing.delete(writing)
    }
  }

  #live(stored: StoredValue, key?: string): Version {
    const version = this.#versions.find(stored.receipt)
    if (version) return version
    this.refuseClosed()
    // A value without a file is whole in itself, and can be taken in again.
    if (stored.tree !== undefined) return this.#versions.add(stored)
    throw valueGone(stored.receipt.id, key)
  }

  async #open(version: Version): Promise<OpenedValueFile> {
    const { receipt } = version.stored
    version.header ??= openValueFile(valuePath(this.folder, receipt.id), receipt.id)
    const header = await version.header.catch((error: unknown) => {
      version.header = undefined
      throw error
    })
    if (header.bytes === receipt.bytes && header.type === receipt.type && header.list === receipt.list) return header
    throw corruptValue(receipt.id, 'its file is not the one that its receipt tells of')
  }

  #lazyTensor(version: Version, header: OpenedValueFile, name: string, key: string | undefined): Tensor | undefined {
    const entry = header.tensors.get(name)
    if (!entry) return undefined
    const { id } = version.stored.receipt
    const path = valuePath(this.folder, id)
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      if (version.gone) throw valueGone(id, key)
      return readValueBytes(path, id, offset, length)
    }
    const tensor = new Tensor(entry.dtype, entry.shape, { read }, header.dataStart + entry.start)
    this.#origins.set(tensor, { version, treeText: header.treeText, name })
    return tensor
  }

  /** The version that a value came from, where it is that version, unchanged and whole. */
  #sharedVersion({ type, list, tree, tensors }: EncodedValue): Version | undefined {
    const origins = tensors.map((tensor) => this.#origins.get(tensor))
    const [first] = origins
    if (!first || first.version.gone) return undefined
    const { receipt } = first.version.stored
    const same = origins.every((origin, index) => origin?.version === first.version && origin.name === String(index))
    const whole = same && receipt.type === type && receipt.list === list && treeText(tree) === first.treeText
    return whole ? first.version : undefined
  }
}

function receiptOf({ type, list, dtype, shape }: EncodedValue, id: string, bytes: number): Receipt {
  return { v: 1, id, type, list, dtype, shape: shape && [...shape], bytes }
}
