import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDead, ownOwner } from './owner.ts'
import { ensureStoreRoot } from './store-root.ts'

const OWNER_FILE = 'owner.json'
const DAY = 86_400_000
/** The id of a nameless context, or the name under which its folder is made. */
const UNOWNED = /^[0-9a-f-]{36}$|^\.[0-9a-f-]{36}\.[0-9a-f-]{36}\.tmp$/

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
 * Removes what contexts of dead processes left under a root: folders whose owner certainly does not run any more, and
 * folders without a record that nothing was written to for a day (the server made one for a context that was closed).
 * Folders of living processes stay. Returns the names of what was removed.
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
    if (!isDead(await readOwner(folder)) && !(await isForgotten(root, entry.name))) continue
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

async function isForgotten(root: string, name: string): Promise<boolean> {
  if (!UNOWNED.test(name)) return false
  const folder = join(root, name)
  if (await stat(join(folder, OWNER_FILE)).catch(() => false)) return false
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > DAY
}
