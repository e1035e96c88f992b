import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './is-alive.ts'

/**
 * Holds a lock file so that two processes do not install into one folder. A second one waits.
 * A lock whose process is dead is taken over.
 */
export async function holdInstallLock(file: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return { [Symbol.asyncDispose]: () => rm(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => '0'))
    if (!isAlive(owner)) await rm(file, { force: true })
    else await sleep(500, undefined, signal ? { signal } : undefined)
  }
}
