import { randomUUID } from 'node:crypto'
import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDead, ownOwner, readOwner } from '../process-owner.ts'

/** How often a holder shows that it lives, for those on other machines. */
const touchEvery = 10_000

/**
 * Holds a lock file, so that of several processes one at a time makes a thing. Others wait. A lock whose process is dead
 * is taken over, also where another process has its id by now.
 */
export async function holdFileLock(file: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  for (;;) {
    signal?.throwIfAborted()
    try {
      await writeFile(file, JSON.stringify(ownOwner()), { flag: 'wx', mode: 0o600 })
      return heldLock(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (!(await removeStale(file))) await sleep(100, undefined, signal ? { signal } : undefined)
  }
}

function heldLock(file: string): AsyncDisposable {
  const touching = setInterval(() => {
    const now = new Date()
    void utimes(file, now, now).catch(() => undefined)
  }, touchEvery).unref()
  return {
    [Symbol.asyncDispose]: () => {
      clearInterval(touching)
      return rm(file, { force: true })
    },
  }
}

/** Of several that see one stale lock only one may remove it, and never the lock that follows it: so it is moved first. */
async function removeStale(file: string): Promise<boolean> {
  if (!(await isStale(file))) return false
  const away = `${file}.${randomUUID()}`
  try {
    await rename(file, away)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw error
  }
  if (await isStale(away)) await rm(away, { force: true })
  else await rename(away, file)
  return true
}

/** A lock without a record may just be in the making; one of another machine or container is judged by its age alone. */
async function isStale(file: string): Promise<boolean> {
  const owner = await readOwner(file)
  if (owner?.place === ownOwner().place) return isDead(owner)
  const found = await stat(file).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > (owner ? 6 * touchEvery : touchEvery)
}
