import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDead, ownOwner } from '../../process-owner.ts'

const OWNER_FILE = 'owner.json'
const DAY = 86_400_000
/** The id of a context, or the name under which its folder is made. */
const UNOWNED = /^[0-9a-f-]{36}$|^\.[0-9a-f-]{36}\.[0-9a-f-]{36}\.tmp$/

/**
 * Makes the folder of a context. It appears together with the record of its owner, so that no folder is ever found
 * that nobody can tell the owner of.
 */
export function createContextFolder(root: string, contextId: string): void {
  const temporary = join(root, `.${contextId}.${randomUUID()}.tmp`)
  mkdirSync(temporary, { mode: 0o700 })
  writeFileSync(join(temporary, OWNER_FILE), JSON.stringify(ownOwner()), { mode: 0o600 })
  renameSync(temporary, join(root, contextId))
}

/**
 * Removes what contexts of dead processes left under a root: folders whose owner certainly does not run any more, and
 * folders without a record that nothing was written to for a day. Folders of living processes and contexts with a name
 * stay. Returns the names of what was removed.
 *
 * @example
 * await sweepDeadContexts(storeRoots().disk)
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
