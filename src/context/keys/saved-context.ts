import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { DiscomfortError } from '../../errors.ts'
import { corruptValue } from '../../values/corrupt-value.ts'
import type { ContextStore } from '../context-store.ts'
import { copyValueFile } from '../storage/copy-value-file.ts'
import { type Entry, entryOf, entrySchema, filesOf, parseText, writeEntry } from './stored-entry.ts'
import { valueIsResident } from '../resident.ts'

const FILE = 'context.json'
const savedSchema = z.object({ v: z.literal(1), entries: z.array(entrySchema) })

/**
 * Writes all keys of a context, with their values, into a folder that appears when it is complete.
 * @throws {@link DiscomfortError} `EXPORT_EXISTS`, `STORE_FULL`, `VALUE_IS_REFERENCE` for what stays alive in the server
 */
export async function saveContext(store: ContextStore, path: string, overwrite: boolean): Promise<void> {
  if (!overwrite && (await stat(path).catch(() => undefined))) throw exists(path)
  const values = store.keys().flatMap((key) => {
    const stored = store.get(key)
    if (stored?.resident) throw valueIsResident(key, 'value to be saved', stored.receipt)
    return stored ? [[key, stored] as const] : []
  })
  const releases = values.map(([, stored]) => store.hold(stored))
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`)
  try {
    await mkdir(join(temporary, 'values'), { recursive: true })
    const digests = new Map<string, string>()
    for (const value of values.flatMap(([, stored]) => filesOf(stored))) {
      const { id } = value.receipt
      const to = join(temporary, 'values', `${id}.safetensors`)
      if (!digests.has(id)) digests.set(id, await copyValueFile(await store.verifiedPath(value), to, id))
    }
    const entries = values.map(([key, stored]) =>
      withDigests(
        entryOf(key, stored, (id) => `${id}.safetensors`),
        digests,
      ),
    )
    await writeFile(join(temporary, FILE), writeEntry({ v: 1, entries }))
    if (overwrite) await rm(path, { recursive: true, force: true })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    throw code === 'ENOTEMPTY' || code === 'EEXIST' ? exists(path) : error
  } finally {
    for (const release of releases) release()
  }
}

/**
 * The keys of a context that was saved; the values are read when they are used.
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is none, `VALUE_CORRUPT`
 */
export function readSavedContext(folder: string): { entries: readonly Entry[]; pathOf: (file: string) => string } {
  const path = join(folder, FILE)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const message = `There is no saved context in ${folder}: ${path} cannot be read. Give the folder that saveTo() made.`
    throw new DiscomfortError('VALUE_NOT_FOUND', message, { details: { key: folder, known: [] }, cause })
  }
  const parsed = savedSchema.safeParse(parseText(text, path))
  if (!parsed.success) throw corruptValue(path, 'it is no saved context of version 1')
  return { entries: parsed.data.entries, pathOf: (file) => join(folder, 'values', file) }
}

function withDigests(entry: Entry, digests: ReadonlyMap<string, string>): Entry {
  const told = <Value extends { receipt: Entry['receipt'] }>(value: Value): Value => {
    const digest = digests.get(value.receipt.id)
    return digest === undefined ? value : { ...value, receipt: { ...value.receipt, digest } }
  }
  const { recipe } = entry
  return { ...told(entry), ...(recipe ? { recipe: { ...recipe, reads: recipe.reads.map(told) } } : {}) }
}

function exists(path: string): DiscomfortError<'EXPORT_EXISTS'> {
  const message = `There is something at ${path}. Pass { overwrite: true } to replace it.`
  return new DiscomfortError('EXPORT_EXISTS', message, { details: { path } })
}
