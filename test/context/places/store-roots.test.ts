import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureRoot, storeRoots } from '../../../src/context/places/store-roots.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-root-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the roots of the store', () => {
  it.runIf(process.platform === 'linux')('are in shared memory and in the home of Discomfort', () => {
    const ram = `/dev/shm/discomfort-${process.getuid!()}`
    expect(storeRoots({})).toEqual({ ram, disk: join(homedir(), '.discomfort', 'store') })
    expect(storeRoots({ DISCOMFORT_HOME: '/d', DISCOMFORT_STORE: '' })).toEqual({ ram, disk: '/d/store' })
  })

  it('are one folder where DISCOMFORT_STORE names it', () => {
    expect(storeRoots({ DISCOMFORT_STORE: 'here/store' })).toEqual({ ram: undefined, disk: resolve('here/store') })
  })

  it('are two where DISCOMFORT_RAM_STORE names the one in memory', () => {
    const both = { DISCOMFORT_STORE: 'here/store', DISCOMFORT_RAM_STORE: 'memory' }
    expect(storeRoots(both)).toEqual({ ram: resolve('memory'), disk: resolve('here/store') })
  })

  it('are made with all folders above them, for their owner alone', async () => {
    const root = join(folder, 'a', 'b')
    ensureRoot(root)
    ensureRoot(root)
    if (process.platform !== 'win32') expect((await stat(root)).mode & 0o777).toBe(0o700)
  })

  it.runIf(process.platform !== 'win32')('keep the mode of a folder that somebody chose', async () => {
    await chmod(folder, 0o755)
    ensureRoot(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  })
})

describe.runIf(process.getuid !== undefined)('the root in a folder that all users share', () => {
  it('is closed to others', async () => {
    const root = join(folder, 'open')
    await mkdir(root)
    await chmod(root, 0o777)
    ensureRoot(root, true)
    expect((await stat(root)).mode & 0o777).toBe(0o700)
  })

  it('is refused where it is a link', async () => {
    const root = join(folder, 'link')
    await symlink(folder, root)
    expect(() => ensureRoot(root, true)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })

  it.runIf(process.getuid?.() === 0)('is refused where it belongs to another user', async () => {
    const root = join(folder, 'foreign')
    await mkdir(root)
    await chown(root, 12_345, 12_345)
    const refused = { code: 'CONFIG_INVALID', message: expect.stringContaining('12345') as string }
    expect(() => ensureRoot(root, true)).toThrow(expect.objectContaining(refused))
    ensureRoot(root)
  })
})
