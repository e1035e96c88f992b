import { randomUUID } from 'node:crypto'
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
import { ContextFolders } from './places/context-folders.ts'
import { ContextKeys } from './keys/context-keys.ts'
import type { Mirror, OutgoingFile } from './storage/mirror.ts'
import type { RamLimits } from './storage/ram-budget.ts'
import { type OpenedValueFile, valueGone } from './storage/read-value-file.ts'
import type { Recipe } from './recipe.ts'
import { Reference, valueIsReference } from './reference.ts'
import { Resident, valueIsResident } from './resident.ts'
import { INLINE_LIMIT, type StoredValue } from './stored-value.ts'
import { storeRoots, type StoreRoots } from './places/store-roots.ts'
import { type ValueFile, ValueFiles } from './storage/value-files.ts'
import { layOutValue, type ValueParts } from '../values/value-layout.ts'
import { type Version, Versions } from './keys/versions.ts'

/** How a store is opened. */
export interface StoreOptions extends RamLimits {
  /** The name of a context that outlives this process. */
  readonly name?: string | undefined
  /** The folder of a context that was saved. */
  readonly from?: string | undefined
}

/**
 * What runs use of a context. Values are first prepared (encoded, and written where they need a file), then bound to
 * keys all at once, without waiting: so the outputs of a workflow appear together or not at all.
 */
export class ContextStore {
  readonly contextId: string = randomUUID()
  readonly #folders: ContextFolders
  readonly #files: ValueFiles
  readonly #keys: ContextKeys
  readonly #versions: Versions
  /** From which version a tensor came that was given to the user: saving it again then shares its file. */
  readonly #origins = new WeakMap<Tensor, { version: Version; treeText: string; name: string }>()
  readonly #mirrors = new Set<Mirror>()
  #closing: Promise<void> | undefined

  constructor(roots: StoreRoots = storeRoots(), { name, from, ...limits }: StoreOptions = {}) {
    // A context with a name is all on disk, where its values can have links of their own.
    this.#folders = new ContextFolders(name === undefined ? roots : { ...roots, ram: undefined }, this.contextId)
    this.#files = new ValueFiles(this.#folders, limits)
    this.#versions = new Versions((file) => {
      for (const mirror of this.#mirrors) mirror.release(file.id)
      return this.#files.remove(file)
    })
    this.#keys = new ContextKeys(
      { folders: this.#folders, files: this.#files, versions: this.#versions },
      { name, from },
    )
  }

  /** The folders in which the files of this context lie. They need not be there: see {@link ensureFolders}. */
  get folders(): ContextFolders {
    return this.#folders
  }

  /** How much memory the values of this context may still take, in bytes. */
  get ramLeft(): number {
    return this.#files.ramLeft
  }

  /** Makes the folders, before the first value that needs a file and before the server writes into them. */
  ensureFolders(): void {
    this.refuseClosed()
    this.#folders.ensure()
  }

  /**
   * Encodes a value as a ComfyUI type and writes it where it needs a file. It stays until its first use ends: bind it
   * with {@link commit}, or {@link hold} it and let go.
   */
  async prepare(value: unknown, type = '*', key?: string, useRam = true): Promise<StoredValue> {
    this.refuseClosed()
    if (value instanceof Reference) return this.addRecipe(value.recipe)
    if (value instanceof Resident) return this.#live(value.stored, key).stored
    const encoded = encodeValue(value, type, key)
    const { tensors, tree } = encoded
    if (tensors.length === 0 && treeText(tree).length <= INLINE_LIMIT) {
      return this.#versions.add({ receipt: receiptOf(encoded, randomUUID()), tree }).stored
    }
    const shared = this.#sharedVersion(encoded)
    if (shared) return shared.stored
    const id = randomUUID()
    const file = await this.#write(id, encoded, useRam)
    return this.#versions.add({ receipt: receiptOf(encoded, id, file) }, file).stored
  }

  /** Takes in how a value is made. The values that its nodes read are kept as long as it is. */
  addRecipe(recipe: Recipe): StoredValue {
    this.refuseClosed()
    const { type, isList: list, reads } = recipe
    for (const read of reads) this.#live(read)
    return this.#versions.addRecipe(recipe, { v: 1, id: randomUUID(), type, list, dtype: null, shape: null, bytes: 0 })
      .stored
  }

  get(key: string): StoredValue | undefined {
    return this.#keys.get(key)
  }

  keys(): string[] {
    return this.#keys.list()
  }

  /** Binds values to keys, all of them or none. */
  commit(entries: Iterable<readonly [key: string, stored: StoredValue]>): void {
    this.refuseClosed()
    this.#keys.bind([...entries].map(([key, stored]) => [key, this.#live(stored, key)] as const))
  }

  /** Forgets a key. Whether there was one. */
  delete(key: string): boolean {
    this.refuseClosed()
    return this.#keys.delete(key)
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
    const known = this.#versions.find(receipt)
    if (known) return known.stored
    if (tree === undefined) return this.#versions.add({ receipt }, this.#files.adopt(receipt)).stored
    if (receipt.list && !Array.isArray(tree)) throw corruptValue(receipt.id, 'it is a list whose tree is no array')
    decodeTree(tree, { id: receipt.id, tensor: () => undefined })
    return this.#versions.add({ receipt, tree }).stored
  }

  /** Takes in what stays alive in the server, as long as its lease lies in this context's folder. */
  adoptResident(told: unknown): StoredValue {
    const receipt = this.#checked(told)
    return this.#versions.add({ receipt, resident: true }, this.#files.adoptLease(receipt.id)).stored
  }

  /**
   * Takes in what a server elsewhere made; `begin` asks it for the bytes. {@link adopt} finds it then.
   * @throws {@link DiscomfortError} `VALUE_CORRUPT`, `STORE_FULL`
   */
  async receive(receipt: Receipt, begin: () => AsyncIterable<Uint8Array>, useRam: boolean): Promise<StoredValue> {
    this.refuseClosed()
    const file = await this.#files.receive(receipt, begin, useRam)
    this.refuseClosed()
    return this.#versions.add({ receipt }, file).stored
  }

  /** The file of a version for a server elsewhere; one without a file gets one. */
  async outgoing(stored: StoredValue): Promise<OutgoingFile> {
    const version = this.#live(stored)
    await this.#giveFile(version)
    const { file } = version
    if (!file) throw valueGone(stored.receipt.id)
    const { id, bytes } = file
    const digest = await this.#files.digestOf(file)
    return { id, bytes, digest, read: (offset, length) => this.#files.read(file, offset, length) }
  }

  /** Tells a place elsewhere from now on which versions are gone, and when all are. */
  addMirror(mirror: Mirror): void {
    this.refuseClosed()
    this.#mirrors.add(mirror)
  }

  /** Makes a version ready to be read by a loader node: one without a file gets one. */
  async ensureFile(stored: StoredValue): Promise<void> {
    const version = this.#live(stored)
    if (version.file) return this.#files.use(version.file)
    await this.#giveFile(version)
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

  /**
   * The path of a version's file, compared with its checksum if it has one.
   * @throws {@link DiscomfortError} `VALUE_GONE`, `VALUE_CORRUPT`
   */
  async verifiedPath(stored: StoredValue): Promise<string> {
    const { file } = this.#live(stored)
    if (!file) throw valueGone(stored.receipt.id)
    await this.#files.verify(file)
    return file.path
  }

  /** The checksums of those versions that lie on disk. */
  digestsOf(receipts: readonly Receipt[]): Record<string, string> {
    const files = receipts.flatMap((receipt) => this.#versions.find(receipt)?.file ?? [])
    const onDisk = files.flatMap(({ id, place, digest }) => (place === 'ram' || !digest ? [] : [[id, digest] as const]))
    return Object.fromEntries(onDisk)
  }

  /** In which place the file of a version lies; undefined where it has none. */
  placeOf(stored: StoredValue): ValueFile['place'] | undefined {
    return this.#live(stored).file?.place
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

  /** Removes what is on disk under the name of this context, for everybody who works with it. */
  async destroy(): Promise<void> {
    await this.#keys.destroy()
  }

  async #close(): Promise<void> {
    this.#keys.clear()
    const left = [...this.#mirrors].map((mirror) => mirror.close())
    await this.#versions.close()
    await this.#files.close()
    await Promise.all(left)
  }

  #checked(told: unknown): Receipt {
    this.refuseClosed()
    const parsed = receiptSchema.safeParse(told)
    if (parsed.success) return parsed.data
    throw corruptValue('of a receipt', parsed.error.issues[0]?.message ?? 'it is no receipt')
  }

  async #write(id: string, value: ValueParts, useRam = true): Promise<ValueFile> {
    this.refuseClosed()
    try {
      return await this.#files.write(id, layOutValue(value), useRam)
    } catch (error) {
      // Closing ends the writing, which is no failure of the file system then.
      this.refuseClosed()
      throw error
    }
  }

  async #giveFile(version: Version): Promise<void> {
    const { tree, receipt } = version.stored
    if (version.file || tree === undefined) return
    version.writing ??= this.#write(receipt.id, { ...receipt, tree, tensors: [] }).then((file) => {
      version.file = file
    })
    try {
      await version.writing
    } finally {
      version.writing = undefined
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
    const { stored, file } = version
    const { receipt } = stored
    if (!file) throw valueGone(receipt.id)
    version.header ??= this.#files.open(file)
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
    const { stored, file } = version
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      if (version.gone || !file) throw valueGone(stored.receipt.id, key)
      return this.#files.read(file, offset, length)
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

function receiptOf({ type, list, dtype, shape }: EncodedValue, id: string, file?: ValueFile): Receipt {
  const digest = file?.digest === undefined ? {} : { digest: file.digest }
  return { v: 1, id, type, list, dtype, shape: shape && [...shape], bytes: file?.bytes ?? 0, ...digest }
}
