import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDead, ownOwner } from './owner.ts'
import { ensureStoreRoot } from './store-root.ts'

const OWNER_FILE = 'owner.json'

/**
 * Makes the folder of a context. It appears together with the record of its owner, so that no folder is ever found
 * that nobody can tell the owner of.
 */
export async function createContextFolder(root: string, contextId: string): Promise<string> {
  await ensureStoreRoot(root)
  const folder = join(root, contextId)
  const record = JSON.stringify(ownOwner())
  const temporary = join(root, `.${contextId}.${randomUUID()}.tmp`)
  await mkdir(temporary, { mode: 0o700 })
  await writeFile(join(temporary, OWNER_FILE), record, { mode: 0o600 })
  try {
    await rename(temporary, folder)
  } catch {
    // The server was quicker and made the folder for a value of its own.
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rename(join(temporary, OWNER_FILE), join(folder, OWNER_FILE))
    await rm(temporary, { recursive: true, force: true })
  }
  return folder
}

/**
 * Removes what contexts of dead processes left under a root: folders whose owner certainly does not run any more.
 * Folders of living processes, and folders without a record, stay. Returns the names of what was removed.
 *
 * @example
 * await sweepDeadContexts(storeRoot())
 */
export async function sweepDeadContexts(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const removed: string[] = []
  for (const entry of entries) {
    // A link is no directory here, so nothing outside the root is ever removed.
    if (!entry.isDirectory()) continue
    const folder = join(root, entry.name)
    if (!isDead(await readOwner(folder))) continue
    await rm(folder, { recursive: true, force: true }).then(
      () => removed.push(entry.name),
      () => {},
    )
  }
  return removed
}

async function readOwner(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8'))
  } catch {
    return undefined
  }
}
