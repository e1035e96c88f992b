import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownerOf } from '../../../src/process-owner.ts'
import { giveOwnFolder, logsInUse, makeOwnFolder, sweepOwnFolders } from '../../../src/server/launch/own-folder.ts'
import { temporaryFolder } from '../../support/folders.ts'

it('what servers of dead scripts left is removed, and nothing of living ones', async () => {
  await using servers = await temporaryFolder('servers')
  const child = spawn('sleep', ['60'])
  await makeOwnFolder(servers.path, 'living', '/logs/living.log')
  const dead = await makeOwnFolder(servers.path, 'dead', '/logs/dead.log')
  const reused = await makeOwnFolder(servers.path, 'reused', '/logs/reused.log')
  await giveOwnFolder(dead, child.pid as number)
  await writeFile(join(reused, 'owner'), JSON.stringify({ ...ownerOf(process.pid), startTime: 'another boot:1' }))
  expect([...(await logsInUse(servers.path))]).toContain('/logs/dead.log')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await mkdir(join(servers.path, 'young'))
  await mkdir(join(servers.path, 'old'))
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(join(servers.path, 'old'), hourAgo, hourAgo)
  await sweepOwnFolders(servers.path)
  expect(await readdir(servers.path)).toEqual(['living', 'young'])
  expect([...(await logsInUse(servers.path))]).toContain('/logs/living.log')
  expect(await readdir(join(servers.path, 'living'))).toEqual(['log', 'owner', 'user'])
})

it('a sweep where nothing was ever started does nothing', async () => {
  await expect(sweepOwnFolders('/no/such/folder')).resolves.toBeUndefined()
})
