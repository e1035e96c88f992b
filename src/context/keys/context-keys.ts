import type { Receipt } from '../../schema/receipt.ts'
import { corruptValue } from '../../values/corrupt-value.ts'
import type { ContextFolders } from '../places/context-folders.ts'
import { NamedKeys } from './named-keys.ts'
import { readSavedContext } from './saved-context.ts'
import { type Entry, filesOf, valueOf } from './stored-entry.ts'
import type { StoredValue } from '../stored-value.ts'
import { valuePath } from '../storage/value-path.ts'
import type { ValueFiles } from '../storage/value-files.ts'
import type { Version, Versions } from './versions.ts'

interface Parts {
  readonly folders: ContextFolders
  readonly files: ValueFiles
  readonly versions: Versions
}

/**
 * Which version each key is bound to. Those of a context with a name stand on disk as well, where other processes bind
 * them too: what is known here is renewed whenever a key is asked for.
 */
export class ContextKeys {
  readonly #parts: Parts
  readonly #bound = new Map<string, Version>()
  readonly #named: NamedKeys | undefined

  constructor(parts: Parts, { name, from }: { readonly name: string | undefined; readonly from: string | undefined }) {
    this.#parts = parts
    if (name !== undefined) {
      this.#named = new NamedKeys(parts.folders.roots.disk, name)
      // Values of others get links in our own folder before we work with them.
      parts.folders.ensure()
    }
    if (from !== undefined) this.#take(readSavedContext(from))
  }

  get(key: string): StoredValue | undefined {
    if (this.#named) this.#renew(key, this.#named)
    return this.#bound.get(key)?.stored
  }

  /** All keys, the oldest first. */
  list(): string[] {
    if (!this.#named) return [...this.#bound.keys()]
    return [...new Set([...this.#named.keys(), ...this.#bound.keys()])].filter((key) => this.get(key))
  }

  /**
   * Binds versions to keys, all of them or none.
   * @throws {@link DiscomfortError} `STORE_FULL`
   */
  bind(entries: readonly (readonly [key: string, version: Version])[]): void {
    if (this.#named) this.#writeDown(entries, this.#named)
    for (const [key, version] of entries) this.#set(key, version)
  }

  /** Forgets a key. Whether there was one. */
  delete(key: string): boolean {
    const isKnown = this.get(key) !== undefined
    this.#named?.remove(key)
    this.#set(key, undefined)
    return isKnown
  }

  clear(): void {
    this.#bound.clear()
  }

  /** Removes what stands on disk, for everybody who works with it. */
  async destroy(): Promise<void> {
    await this.#named?.destroy()
  }

  #set(key: string, version: Version | undefined): void {
    const { versions } = this.#parts
    const before = this.#bound.get(key)
    if (before === version) return
    if (version) {
      versions.use(version)
      this.#bound.set(key, version)
    } else this.#bound.delete(key)
    if (before) versions.release(before)
  }

  /** What stays alive in the server dies with us, so it is known to this process alone. */
  #writeDown(entries: readonly (readonly [key: string, version: Version])[], named: NamedKeys): void {
    const lasting = entries.filter(([, { stored }]) => !stored.resident)
    if (lasting.length > 0)
      named.write(
        lasting.map(([key, { stored }]) => [key, stored]),
        (id) => this.#parts.versions.find({ id })?.file?.path as string,
      )
    for (const [key, { stored }] of entries) if (stored.resident) named.remove(key)
  }

  #renew(key: string, named: NamedKeys): void {
    for (let before: string | undefined; ;) {
      const entry = named.read(key)
      const known = this.#bound.get(key)
      if (!entry) return known?.stored.resident ? undefined : this.#set(key, undefined)
      if (entry.receipt.id === known?.stored.receipt.id) return
      const folder = this.#parts.folders.at('disk')
      const version = this.#versionOf(entry, ({ id }) => named.linkTo(entry, id, valuePath(folder, id)))
      if (version) return this.#set(key, version)
      // Its link is gone: the key was bound anew meanwhile. If it was not, the link is lost.
      const now = Object.values(entry.files).join()
      if (now === before) throw corruptValue(entry.receipt.id, 'its file is no longer in the context')
      before = now
    }
  }

  /** Takes in what was saved. Its files stay where they are until a run uses them. */
  #take({ entries, pathOf }: ReturnType<typeof readSavedContext>): void {
    const taken = entries.flatMap((entry): (readonly [string, Version])[] => {
      const version = this.#versionOf(entry, ({ id }) => pathOf(entry.files[id] as string))
      return version ? [[entry.key, version]] : []
    })
    this.bind(taken)
  }

  /** The version that an entry tells of. `fileOf` gives the path of a borrowed file, or whether there is one of our own. */
  #versionOf(entry: Entry, fileOf: (receipt: Receipt) => string | boolean): Version | undefined {
    const { files, versions } = this.#parts
    const stored = valueOf(entry)
    for (const value of filesOf(stored)) {
      const place = fileOf(value.receipt)
      if (place === false) return undefined
      versions.add(value, place === true ? files.adopt(value.receipt) : files.borrow(value.receipt, place))
    }
    return stored.recipe ? versions.addRecipe(stored.recipe, stored.receipt) : versions.add(stored)
  }
}
