import { unlink } from 'node:fs/promises'
import type { Receipt } from '../schema/receipt.ts'
import type { OpenedValueFile } from './read-value-file.ts'
import type { StoredValue } from './stored-value.ts'

/** What a context knows of one version of a value. */
export interface Version {
  readonly stored: StoredValue
  /** Where the file lies, once there is one. */
  path: string | undefined
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

  /** Takes a version in; the same id a second time is the same version. */
  add(stored: StoredValue, path?: string, onGone?: () => void): Version {
    const known = this.#byId.get(stored.receipt.id)
    if (known) return known
    const version: Version = { stored, path, header: undefined, writing: undefined, gone: false, uses: 0, onGone }
    this.#byId.set(stored.receipt.id, version)
    return version
  }

  /** The version of a receipt, or undefined where it is gone or was never here. */
  find({ id }: Receipt): Version | undefined {
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
    if (version.path !== undefined || version.writing) this.#unlinking.add(unlinking)
  }

  /** Marks all versions as gone. Their files go with the folder. */
  async close(): Promise<void> {
    for (const version of this.#byId.values()) version.gone = true
    this.#byId.clear()
    await Promise.all(this.#unlinking)
  }

  async #unlink(version: Version): Promise<void> {
    if (version.writing) await version.writing.catch(() => {})
    // A file that cannot be removed now goes with the folder of its context.
    if (version.path !== undefined) await unlink(version.path).catch(() => {})
  }
}
