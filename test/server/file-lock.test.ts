import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownerOf, ownOwner } from '../../src/process-owner.ts'
import { holdFileLock } from '../../src/server/file-lock.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'

let folder: TemporaryFolder
let file: string
beforeEach(async () => {
  folder = await temporaryFolder('lock')
  file = join(folder.path, 'install.lock')
})
afterEach(() => folder[Symbol.asyncDispose]())

/** The record of a process that has ended. */
async function deadOwner(): Promise<string> {
  const child = spawn('sleep', ['60'])
  const owner = ownerOf(child.pid as number)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return JSON.stringify(owner)
}

describe('a lock', () => {
  it('names its process and goes when it is let go', async () => {
    const lock = await holdFileLock(file)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(ownOwner())
    await lock[Symbol.asyncDispose]()
    expect(await readdir(folder.path)).toEqual([])
  })

  it('is held by one at a time, however many want it at once', async () => {
    let holders = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const lock = await holdFileLock(file)
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
    await writeFile(file, await deadOwner())
    let holders = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const lock = await holdFileLock(file)
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

  it.runIf(process.platform === 'linux')('of a process whose id another one has by now is taken over', async () => {
    await writeFile(file, JSON.stringify({ ...ownOwner(), startTime: 'another boot:1' }))
    await (await holdFileLock(file))[Symbol.asyncDispose]()
  })

  it('of another machine is respected while its holder shows that it lives', async () => {
    await writeFile(file, JSON.stringify({ ...ownOwner(), pid: 2 ** 22 + 1, place: 'another machine' }))
    await expect(holdFileLock(file, AbortSignal.timeout(300))).rejects.toThrow('aborted')
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(file, longAgo, longAgo)
    await (await holdFileLock(file))[Symbol.asyncDispose]()
  })

  it('without a process is taken for one in the making, unless it is old', async () => {
    await writeFile(file, '')
    await expect(holdFileLock(file, AbortSignal.timeout(300))).rejects.toThrow('aborted')
    const minuteAgo = new Date(Date.now() - 60_000)
    await utimes(file, minuteAgo, minuteAgo)
    const lock = await holdFileLock(file)
    await lock[Symbol.asyncDispose]()
  })

  it('is no longer waited for when the signal fires', async () => {
    await using _lock = await holdFileLock(file)
    await expect(holdFileLock(file, AbortSignal.timeout(20))).rejects.toThrow('aborted')
    await expect(holdFileLock(file, AbortSignal.abort(new Error('no')))).rejects.toThrow('no')
  })

  it('that cannot be made is an error', async () => {
    await expect(holdFileLock(join(folder.path, 'no', 'lock'))).rejects.toThrow('ENOENT')
  })
})
