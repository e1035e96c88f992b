import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createContextFolder } from './context-folder.ts'
import { removeFolder } from './remove-folder.ts'
import { ensureRoot, type StoreRoots } from './store-roots.ts'

/** Where a value's file lies. */
export type Place = 'ram' | 'disk'

/** The folders of one context: one under each root. */
export class ContextFolders {
  readonly roots: StoreRoots
  readonly contextId: string
  #isMade = false

  constructor(roots: StoreRoots, contextId: string) {
    this.roots = roots
    this.contextId = contextId
  }

  /** The folder at a place. Where there is no memory to use, both are the one on disk. */
  at(place: Place): string {
    return join((place === 'ram' ? this.roots.ram : undefined) ?? this.roots.disk, this.contextId)
  }

  /** Makes the folders, before the first value that needs a file and before the server writes into them. */
  ensure(): void {
    if (this.#isMade) return
    for (const root of this.#roots()) {
      ensureRoot(root)
      if (!existsSync(join(root, this.contextId))) createContextFolder(root, this.contextId)
    }
    this.#isMade = true
  }

  async remove(): Promise<void> {
    for (const root of this.#roots()) {
      const folder = join(root, this.contextId)
      // Asked in place: most runs need no folder, and removing one that is not there goes through the thread pool.
      if (existsSync(folder)) await removeFolder(folder)
    }
  }

  #roots(): string[] {
    const { ram, disk } = this.roots
    return ram === undefined ? [disk] : [ram, disk]
  }
}
