import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownerOf } from '../../../src/process-owner.ts'
import type { StayingRecord } from '../../../src/schema/staying-server.ts'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { isAlive } from '../../support/is-alive.ts'
import { leaseConnector } from '../../../src/server/lease.ts'
import type { ManagedServerOptions } from '../../../src/server/launch/managed-server.ts'
import { bringUp } from '../../../src/server/up/bring-up.ts'
import { identifyServer } from '../../../src/server/up/identify.ts'
import { lookAtServers } from '../../../src/server/up/look-at-servers.ts'
import { readRecords, writeRecord } from '../../../src/server/up/records.ts'
import { takeDown } from '../../../src/server/up/take-down.ts'
import { failure } from '../../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../../support/folders.ts'
import { standInComfyUI, type StandInLaunch } from '../../support/stand-in-comfyui.ts'
import { until } from '../../support/until.ts'

let home: TemporaryFolder
let comfyui: string
const before = process.env['DISCOMFORT_HOME']
beforeEach(async () => {
  home = await temporaryFolder('home')
  comfyui = join(home.path, 'ComfyUI')
  process.env['DISCOMFORT_HOME'] = home.path
})
afterEach(async () => {
  for (const { server } of await readRecords()) if (server.pid !== process.pid) killAll(server.pid)
  if (before === undefined) delete process.env['DISCOMFORT_HOME']
  else process.env['DISCOMFORT_HOME'] = before
  await home[Symbol.asyncDispose]()
})

function killAll(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

async function settings(launches: StandInLaunch[] = ['ready'], options: Partial<ManagedServerOptions> = {}) {
  return { installation: await standInComfyUI(comfyui, launches), ...options }
}

async function create(options: Partial<ManagedServerOptions> = {}): Promise<ComfyConnector> {
  const { installation, ...rest } = await settings(['ready'], options)
  return ComfyConnector.create({ comfyui: installation.folder, python: installation.python, ...rest })
}

const stateFiles = () => readdir(join(home.path, 'up'))

describe('a server that stays', () => {
  it('is brought up once, told of in a file for its user alone, and taken down without a trace but its log', async () => {
    const options = await settings(['ready'], { args: ['--lowvram'], env: { GIVEN: 'a secret' } })
    const { record, version, wasUp } = await bringUp(options)
    expect({ version, wasUp, state: record.state }).toEqual({ version: '0.30.0', wasUp: false, state: 'ready' })
    expect(isAlive(record.server.pid)).toBe(true)
    const [name] = await stateFiles()
    const file = join(home.path, 'up', name as string)
    const text = await readFile(file, 'utf8')
    expect(JSON.parse(text)).toEqual(record)
    expect(record.configuration).toMatchObject({ comfyui, args: ['--lowvram'], env: ['GIVEN'] })
    expect(text).not.toContain('a secret')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(home.path, 'up'))).mode & 0o777).toBe(0o700)
    expect(await bringUp(options)).toEqual({ record, version, wasUp: true, removed: [] })
    expect(await takeDown(record)).toBe('stopped')
    expect(isAlive(record.server.pid)).toBe(false)
    expect([await stateFiles(), await readdir(join(home.path, 'servers'))]).toEqual([[], []])
    expect(await readFile(record.logFile, 'utf8')).toContain('Starting, ready')
    expect(await takeDown(record)).toBe('gone')
  })

  it('is started by one of several that want it at once', async () => {
    const options = await settings()
    const brought = await Promise.all([bringUp(options), bringUp(options), bringUp(options)])
    expect(brought.filter(({ wasUp }) => wasUp)).toHaveLength(2)
    expect(new Set(brought.map(({ record }) => record.server.pid)).size).toBe(1)
    await expect(readFile(join(comfyui, 'launch-2.json'))).rejects.toThrow('ENOENT')
  })

  it('is another one for another configuration', async () => {
    const one = await bringUp(await settings())
    for (const other of [{ args: ['--cpu'] }, { env: { A: '1' } }, { customNodes: 'none' as const }, { port: 1 }])
      expect(identifyServer(await settings(['ready'], other)).key).not.toBe(one.record.key)
  })

  it('leaves nothing where it cannot be started', async () => {
    await failure('SERVER_START_FAILED', bringUp(await settings(['crash'])))
    expect([await stateFiles(), await readdir(join(home.path, 'servers'))]).toEqual([[], []])
  })

  it('is ended by force where it does not stop', async () => {
    const { record } = await bringUp(await settings(['stubborn']))
    expect(await takeDown(record, 200)).toBe('killed')
    expect(isAlive(record.server.pid)).toBe(false)
  })
})

describe('a script and a server that stays', () => {
  it('of the same configuration: uses it, and leaves it running', async () => {
    const { record } = await bringUp(await settings(['ready'], { env: { A: '1', B: '2' } }))
    const comfy = await create({ env: { B: '2', A: '1' } })
    expect(comfy).toMatchObject({ isManaged: false, pid: record.server.pid, logFile: record.logFile })
    await comfy.shutdown()
    expect(isAlive(record.server.pid)).toBe(true)
  })

  it('waits for one that starts', async () => {
    const { record } = await bringUp(await settings())
    await writeRecord({ ...record, state: 'starting' })
    const created = create()
    await writeRecord(record)
    await using comfy = await created
    expect(comfy.pid).toBe(record.server.pid)
  })

  it('that asks for no port takes one that has a port, and not the other way round', async () => {
    const options = await settings()
    const { record } = await bringUp(options)
    await takeDown(record)
    const port = Number(new URL(record.address).port)
    const fixed = await bringUp({ ...options, port })
    await using comfy = await create()
    expect(comfy.pid).toBe(fixed.record.server.pid)
    const away = await bringUp(options)
    expect(away).toMatchObject({ wasUp: true, record: { address: record.address } })
  })

  it('of another configuration, or exclusive: has its own', async () => {
    const { record } = await bringUp(await settings())
    await using other = await create({ args: ['--other'] })
    expect(other.pid).not.toBe(record.server.pid)
    const own = await leaseConnector({ comfyui, python: (await settings()).installation.python }, true)
    expect(own.connector.isManaged).toBe(true)
    await own.release()
  })

  it('is told when it dies', async () => {
    const { record } = await bringUp(await settings())
    await using comfy = await create()
    killAll(record.server.pid)
    await until(() => comfy.state === 'failed')
    await failure('SERVER_CRASHED', () => comfy.nodeDefinitions())
  })

  it('is told where it runs and does not answer', async () => {
    const { record } = await bringUp(await settings())
    await writeRecord({ ...record, address: 'http://127.0.0.1:1' })
    const { message } = await failure('SERVER_UNREACHABLE', create())
    expect(message).toContain(`discomfort down ${record.server.pid}`)
    await failure('SERVER_UNREACHABLE', bringUp(await settings()))
  })
})

describe('what is told of servers that stay', () => {
  it('is whether they are ready or busy', async () => {
    const { record } = await bringUp(await settings())
    expect(await lookAtServers()).toEqual([{ record, state: 'ready', jobs: 0, version: '0.30.0' }])
    await writeFile(join(comfyui, 'jobs'), '3')
    expect(await lookAtServers()).toMatchObject([{ state: 'busy', jobs: 3 }])
    await writeRecord({ ...record, address: 'http://127.0.0.1:1' })
    expect(await lookAtServers()).toMatchObject([{ state: 'not answering' }])
    await writeRecord({ ...record, state: 'starting' })
    expect(await lookAtServers()).toEqual([{ record: { ...record, state: 'starting' }, state: 'starting' }])
  })

  it('is once that they have ended, and what they left is removed', async () => {
    const { record } = await bringUp(await settings())
    killAll(record.server.pid)
    await until(() => !isAlive(record.server.pid))
    expect(await lookAtServers()).toEqual([{ record, state: 'stale' }])
    expect(await lookAtServers()).toEqual([])
    expect(await readdir(join(home.path, 'servers'))).toEqual([])
  })

  it('is nothing of files that are no state files', async () => {
    await bringUp(await settings()).then(({ record }) => takeDown(record))
    await writeFile(join(home.path, 'up', 'x.json'), '{"v":1}')
    expect(await lookAtServers()).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('a process that is not the server', () => {
  /** The record of a server that ended, whose process id another process has by now. */
  async function reused(): Promise<StayingRecord & { readonly stop: () => void }> {
    const { record } = await bringUp(await settings())
    killAll(record.server.pid)
    await until(() => !isAlive(record.server.pid))
    const other = spawn('sleep', ['60'], { detached: true })
    await once(other, 'spawn')
    const server = { ...record.server, pid: other.pid as number }
    await writeRecord({ ...record, server })
    return { ...record, server, stop: () => other.kill('SIGKILL') }
  }

  it('is never stopped, although it has the process id', async () => {
    const { stop, ...record } = await reused()
    expect(await takeDown(record)).toBe('gone')
    expect(isAlive(record.server.pid)).toBe(true)
    stop()
  })

  it('is not taken for it by a script or by `up`', async () => {
    const { stop, ...record } = await reused()
    const brought = await bringUp(await settings())
    expect(brought).toMatchObject({ wasUp: false, removed: [{ nonce: record.nonce }] })
    stop()
  })

  it('nor where the system tells no times: then the answer decides', async () => {
    const { stop, ...record } = await reused()
    const untold = { ...record, server: { ...record.server, startTime: null } }
    await writeRecord(untold)
    expect(await takeDown(untold)).toBe('gone')
    expect(isAlive(record.server.pid)).toBe(true)
    stop()
  })

  it('nor one of another machine', async () => {
    const { record } = await bringUp(await settings())
    const elsewhere = { ...record, server: { ...ownerOf(record.server.pid), place: 'another machine' } }
    await writeRecord(elsewhere)
    await failure('SERVER_UNREACHABLE', takeDown(elsewhere))
    expect(await lookAtServers()).toEqual([{ record: elsewhere, state: 'elsewhere' }])
    expect(isAlive(record.server.pid)).toBe(true)
  })
})
