import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holdInstallLock } from '../../../src/server/install/install-lock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../support/folders.ts'

let folder: TemporaryFolder
let file: string
beforeEach(async () => {
  folder = await temporaryFolder('lock')
  file = join(folder.path, 'install.lock')
})
afterEach(() => folder[Symbol.asyncDispose]())

/** The id of a process that has ended. */
async function deadPid(): Promise<string> {
  const child = spawn('true')
  await once(child, 'exit')
  return String(child.pid)
}

describe('the lock of an install', () => {
  it('names its process and goes when it is let go', async () => {
    const lock = await holdInstallLock(file)
    expect(await readFile(file, 'utf8')).toBe(String(process.pid))
    await lock[Symbol.asyncDispose]()
    expect(await readdir(folder.path)).toEqual([])
  })

  it('is held by one at a time, however many want it at once', async () => {
    let holders = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const lock = await holdInstallLock(file)
        holders += 1
        most = Math.max(most, holders)
        await new Promise((resolve) => setImmediate(resolve))
        holders -= 1
        await lock[Symbol.asyncDispose]()
      }),
    )
    expect(most).toBe(1)
  })

  it('of a dead process is taken over, by one of all that wait', async () => {
    await writeFile(file, await deadPid())
    let holders = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const lock = await holdInstallLock(file)
        holders += 1
        most = Math.max(most, holders)
        await new Promise((resolve) => setImmediate(resolve))
        holders -= 1
        await lock[Symbol.asyncDispose]()
      }),
    )
    expect(most).toBe(1)
    expect(await readdir(folder.path)).toEqual([])
  })

  it('without a process is taken for one in the making, unless it is old', async () => {
    await writeFile(file, '')
    await expect(holdInstallLock(file, AbortSignal.timeout(300))).rejects.toThrow('aborted')
    const minuteAgo = new Date(Date.now() - 60_000)
    await utimes(file, minuteAgo, minuteAgo)
    const lock = await holdInstallLock(file)
    await lock[Symbol.asyncDispose]()
  })

  it('is no longer waited for when the signal fires', async () => {
    await using _lock = await holdInstallLock(file)
    await expect(holdInstallLock(file, AbortSignal.timeout(20))).rejects.toThrow('aborted')
    await expect(holdInstallLock(file, AbortSignal.abort(new Error('no')))).rejects.toThrow('no')
  })

  it('that cannot be made is an error', async () => {
    await expect(holdInstallLock(join(folder.path, 'no', 'lock'))).rejects.toThrow('ENOENT')
  })
})
