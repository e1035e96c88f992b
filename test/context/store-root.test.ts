import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureStoreRoot, storeRoot } from '../../src/context/store-root.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-root-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the root of the store', () => {
  it('is the folder that DISCOMFORT_STORE names', () => {
    expect(storeRoot({ DISCOMFORT_STORE: 'here/store' })).toBe(resolve('here/store'))
  })

  it.runIf(process.platform === 'linux')('is in shared memory on Linux', () => {
    expect(storeRoot({})).toBe(`/dev/shm/discomfort-${process.getuid!()}`)
    expect(storeRoot({ DISCOMFORT_STORE: '' })).toBe(storeRoot({}))
  })

  it('is made with all folders above it, for its owner alone', async () => {
    const root = join(folder, 'a', 'b')
    await ensureStoreRoot(root)
    await ensureStoreRoot(root)
    if (process.platform !== 'win32') expect((await stat(root)).mode & 0o777).toBe(0o700)
  })

  it.runIf(process.platform !== 'win32')('keeps the mode of a folder that somebody chose', async () => {
    await chmod(folder, 0o755)
    await ensureStoreRoot(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  })
})

describe.runIf(process.getuid !== undefined)('the root in a folder that all users share', () => {
  it('is closed to others', async () => {
    const root = join(folder, 'open')
    await mkdir(root)
    await chmod(root, 0o777)
    await ensureStoreRoot(root, false)
    expect((await stat(root)).mode & 0o777).toBe(0o700)
  })

  it('is refused where it is a link', async () => {
    const root = join(folder, 'link')
    await symlink(folder, root)
    await expect(ensureStoreRoot(root, false)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it.runIf(process.getuid?.() === 0)('is refused where it belongs to another user', async () => {
    const root = join(folder, 'foreign')
    await mkdir(root)
    await chown(root, 12_345, 12_345)
    const refused = { code: 'CONFIG_INVALID', message: expect.stringContaining('12345') as string }
    await expect(ensureStoreRoot(root, false)).rejects.toMatchObject(refused)
    await ensureStoreRoot(root)
  })
})
