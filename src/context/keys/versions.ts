import type { Receipt } from '../../schema/receipt.ts'
import type { OpenedValueFile } from '../storage/read-value-file.ts'
import type { Recipe } from '../recipe.ts'
import type { StoredValue } from '../stored-value.ts'
import type { ValueFile } from '../storage/value-files.ts'

/** What a context knows of one version of a value. */
export interface Version {
  readonly stored: StoredValue
  /** The file, once there is one. */
  file: ValueFile | undefined
  /** The header of the file, once it was asked for. */
  header: Promise<OpenedValueFile> | undefined
  /** The writing of a file for a version that was made without one. */
  writing: Promise<void> | undefined
  gone: boolean
  uses: number
  /** What else ends with the version. */
  readonly onGone: (() => void) | undefined
}

/**
 * Counts who uses each version: keys, and runs that hold it. The file of a version is unlinked (never truncated, the
 * server may have it mapped) when the last use ends. A version that nobody used yet stays.
 */
export class Versions {
  readonly #byId = new Map<string, Version>()
  readonly #unlinking = new Set<Promise<void>>()
  readonly #remove: (file: ValueFile) => Promise<void>

  constructor(remove: (file: ValueFile) => Promise<void>) {
    this.#remove = remove
  }

  /** Takes a version in; the same id a second time is the same version. */
  add(stored: StoredValue, file?: ValueFile, onGone?: () => void): Version {
    const known = this.#byId.get(stored.receipt.id)
    if (known) return known
    const version: Version = { stored, file, header: undefined, writing: undefined, gone: false, uses: 0, onGone }
    this.#byId.set(stored.receipt.id, version)
    return version
  }

  /** Takes in how a value is made. The values that its nodes read are kept as long as it is. */
  addRecipe(recipe: Recipe, receipt: Receipt): Version {
    const known = this.find(receipt)
    if (known) return known
    const reads = recipe.reads.map((read) => this.add(read))
    for (const read of reads) this.use(read)
    return this.add({ receipt, recipe }, undefined, () => reads.forEach((read) => this.release(read)))
  }

  /** The version of a receipt, or undefined where it is gone or was never here. */
  find({ id }: Pick<Receipt, 'id'>): Version | undefined {
    return this.#byId.get(id)
  }

  use(version: Version): void {
    version.uses++
  }

  release(version: Version): void {
    version.uses--
    if (version.uses > 0 || version.gone) return
    this.#byId.delete(version.stored.receipt.id)
    version.gone = true
    version.onGone?.()
    const unlinking = this.#unlink(version).finally(() => this.#unlinking.delete(unlinking))
    if (version.file || version.writing) this.#unlinking.add(unlinking)
  }

  /** Marks all versions as gone. Their files go with the folder. */
  async close(): Promise<void> {
    for (const version of this.#byId.values()) version.gone = true
    this.#byId.clear()
    await Promise.all(this.#unlinking)
  }

  async #unlink(version: Version): Promise<void> {
    if (version.writing) await version.writing.catch(() => {})
    if (version.file) await this.#remove(version.file)
  }
}
