import { createHash, randomUUID } from 'node:crypto'
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import { isDead, isOwn, ownOwner } from '../../process-owner.ts'
import { removeFolder } from '../places/remove-folder.ts'
import { checkEntry, type Entry, entryOf, parseText, readEntry, writeEntry } from './stored-entry.ts'
import { isFull, storeFull } from '../places/store-full.ts'
import type { StoredValue } from '../stored-value.ts'

const LONGEST_NAME = 200
/** No write takes as long as this: what nothing refers to then was left by a process that died. */
const LEFT_BEHIND = 600_000

/**
 * The keys of a context with a name, on disk: they outlive the process, and several may work with them at once. There are
 * no locks. Each key is a file that is renamed into place; the bytes of a value are a link of their own for each entry, so
 * a value lives as long as anybody has a link to it: the entry, or a process that works with it.
 *
 * Several keys at once are written down in one file first, whose rename is the moment at which they hold; what a killed
 * process did not finish is finished by the next one.
 */
export class NamedKeys {
  readonly #folder: string

  /** @throws {@link DiscomfortError} `CONFIG_INVALID` */
  constructor(root: string, name: string) {
    if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) throw invalidName(name)
    this.#folder = join(root, 'named', hash(name).slice(0, 32))
    for (const part of ['keys', 'values', 'commits'])
      mkdirSync(join(this.#folder, part), { recursive: true, mode: 0o700 })
    writeAside(this.#folder, 'context.json', JSON.stringify({ v: 1, name }))
    this.#collect()
  }

  /** @throws {@link DiscomfortError} `VALUE_CORRUPT` */
  read(key: string): Entry | undefined {
    this.#settle()
    return this.#read(hash(key))
  }

  /** All keys, the oldest first. */
  keys(): string[] {
    this.#settle()
    const entries = this.#names('keys').flatMap((name) => this.#read(name.replace(/\.json$/, '')) ?? [])
    return entries.sort((one, other) => one.at - other.at).map(({ key }) => key)
  }

  /**
   * Binds values to keys, all of them or none. `pathOf` tells where the file of a value lies.
   * @throws {@link DiscomfortError} `STORE_FULL`
   */
  write(values: readonly (readonly [key: string, value: StoredValue])[], pathOf: (id: string) => string): void {
    this.#settle()
    const before = values.flatMap(([key]) => this.#read(hash(key)) ?? [])
    const entries: Entry[] = []
    try {
      for (const [key, value] of values) entries.push(this.#link(key, value, pathOf))
      this.#commit(entries)
    } catch (error) {
      for (const entry of entries) this.#unlink(entry)
      throw isFull(error) ? storeFull(this.#folder, undefined, error) : error
    }
    for (const entry of before) this.#unlink(entry)
  }

  remove(key: string): void {
    this.#settle()
    const entry = this.#read(hash(key))
    rmSync(join(this.#folder, 'keys', `${hash(key)}.json`), { force: true })
    if (entry) this.#unlink(entry)
  }

  /** Gives a value's file another link; false where the entry was overwritten meanwhile. */
  linkTo(entry: Entry, id: string, path: string): boolean {
    try {
      linkSync(this.#fileOf(entry, id), path)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') return true
      if (code === 'ENOENT') return false
      throw error
    }
  }

  /** Removes the context with all its values, for everybody. */
  destroy(): Promise<void> {
    return removeFolder(this.#folder)
  }

  #read(name: string): Entry | undefined {
    const path = join(this.#folder, 'keys', `${name}.json`)
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    return readEntry(text, path)
  }

  #link(key: string, value: StoredValue, pathOf: (id: string) => string): Entry {
    const folder = join(this.#folder, 'values', hash(key))
    const entry = entryOf(key, value, () => `${randomUUID()}.safetensors`)
    if (Object.keys(entry.files).length > 0) mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const id of Object.keys(entry.files)) linkOrCopy(pathOf(id), this.#fileOf(entry, id))
    return entry
  }

  #fileOf({ key, files }: Entry, id: string): string {
    return join(this.#folder, 'values', hash(key), files[id] as string)
  }

  #unlink(entry: Entry): void {
    for (const id of Object.keys(entry.files)) rmSync(this.#fileOf(entry, id), { force: true })
  }

  #place(entry: Entry): void {
    writeAside(join(this.#folder, 'keys'), `${hash(entry.key)}.json`, writeEntry(entry))
  }

  #commit(entries: readonly Entry[]): void {
    const [only, ...more] = entries
    if (only && more.length === 0) return this.#place(only)
    const commit = `${randomUUID()}.json`
    writeAside(join(this.#folder, 'commits'), commit, writeEntry({ v: 1, owner: ownOwner(), entries }))
    try {
      this.#finish(commit, entries)
    } catch (error) {
      // They hold since the rename; whoever comes next finishes it.
      if (!isFull(error)) throw error
    }
  }

  #finish(commit: string, entries: readonly Entry[]): void {
    for (const entry of entries) this.#place(entry)
    rmSync(join(this.#folder, 'commits', commit), { force: true })
  }

  /** Finishes what a process had begun to write and was killed, or found no room for; what was written later stays. */
  #settle(): void {
    for (const commit of this.#names('commits')) {
      let text: string
      try {
        text = readFileSync(join(this.#folder, 'commits', commit), 'utf8')
      } catch {
        continue // Its own process was quicker.
      }
      const { owner, entries } = parseText(text, commit) as { owner?: unknown; entries?: unknown[] }
      if (!isDead(owner) && !isOwn(owner)) continue
      const left = (entries ?? []).map((entry) => checkEntry(entry, commit))
      this.#finish(
        commit,
        left.filter((entry) => (this.#read(hash(entry.key))?.at ?? 0) < entry.at),
      )
    }
  }

  /** Removes what processes left that died while they wrote. */
  #collect(): void {
    this.#settle()
    const isLeft = (path: string) =>
      Date.now() - (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Infinity) > LEFT_BEHIND
    for (const part of ['keys', 'commits'] as const)
      for (const name of readdirSync(join(this.#folder, part)))
        if (name.endsWith('.tmp') && isLeft(join(this.#folder, part, name)))
          rmSync(join(this.#folder, part, name), { force: true })
    for (const name of readdirSync(join(this.#folder, 'values'))) {
      const folder = join(this.#folder, 'values', name)
      const files = new Set(Object.values(this.#read(name)?.files ?? {}))
      for (const file of readdirSync(folder))
        if (!files.has(file) && isLeft(join(folder, file))) rmSync(join(folder, file), { force: true })
    }
  }

  #names(part: 'keys' | 'commits'): string[] {
    return readdirSync(join(this.#folder, part)).filter((name) => name.endsWith('.json'))
  }
}

/** What comes from a saved context may lie on another disk. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    copyFileSync(from, to)
  }
}

function writeAside(folder: string, name: string, text: string): void {
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, join(folder, name))
}

function hash(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex')
}

function invalidName(name: unknown): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError(
    'CONFIG_INVALID',
    `context: a name is a text of 1 to ${LONGEST_NAME} characters, and was given as ${JSON.stringify(name)?.slice(0, 80)}.`,
    { details: { key: 'name', reason: 'no name' } },
  )
}
