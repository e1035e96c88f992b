import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../is-alive.ts'

/**
 * Holds a lock file so that two processes do not install into one folder. A second one waits.
 * A lock whose process is dead is taken over.
 */
export async function holdInstallLock(file: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  for (;;) {
    signal?.throwIfAborted()
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return { [Symbol.asyncDispose]: () => rm(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (!(await removeStale(file))) await sleep(200, undefined, signal ? { signal } : undefined)
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

/** A lock without a process id may just be in the making. */
async function isStale(file: string): Promise<boolean> {
  const owner = await readFile(file, 'utf8').catch(() => undefined)
  if (owner !== undefined && /^\d+$/.test(owner)) return !isAlive(Number(owner))
  const found = await stat(file).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > 10_000
}
