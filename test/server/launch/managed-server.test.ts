import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../src/server/launch/free-port.ts'
import { isAlive } from '../../support/is-alive.ts'
import { startManagedServer, type ManagedServerOptions } from '../../../src/server/launch/managed-server.ts'
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
  if (before === undefined) delete process.env['DISCOMFORT_HOME']
  else process.env['DISCOMFORT_HOME'] = before
  await home[Symbol.asyncDispose]()
})

async function start(launches: StandInLaunch[], options: Partial<ManagedServerOptions> = {}) {
  return startManagedServer({ installation: await standInComfyUI(comfyui, launches), ...options })
}

async function launch(number: number): Promise<{ pid: number; port: number; args: string[]; given: string | null }> {
  return JSON.parse(await readFile(join(comfyui, `launch-${number}.json`), 'utf8')) as Awaited<
    ReturnType<typeof launch>
  >
}

/** What servers have for themselves while they live. */
function ownFolders(): Promise<string[]> {
  return readdir(join(home.path, 'servers'))
}

describe('a managed server', () => {
  it('is ready when the pack answers for this launch, and stops without a trace but its log', async () => {
    const server = await start(['ready'], { args: ['--lowvram'], env: { GIVEN: 'yes' }, output: '/tmp/pictures' })
    const { pid, port, args, given } = await launch(1)
    expect(server.handshake).toMatchObject({ pid })
    expect(server.http.base).toBe(`http://127.0.0.1:${port}`)
    expect(given).toBe('yes')
    expect(args).toEqual(expect.arrayContaining(['--listen', '127.0.0.1', '--output-directory', '/tmp/pictures']))
    expect(args.at(-1)).toBe('--lowvram')
    expect(await ownFolders()).toEqual([server.handshake.nonce])
    expect(await readFile(join(server.ownFolder, 'discomfort.yaml'), 'utf8')).toContain('custom_nodes')
    await server.stop()
    expect(isAlive(pid)).toBe(false)
    expect(await ownFolders()).toEqual([])
    expect(await readFile(server.logFile, 'utf8')).toContain('Starting, ready')
  })

  it('leaves no timer that would keep the script from ending', async () => {
    const server = await start(['ready'])
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const others = timers()
    await server.stop()
    expect(timers()).toBeLessThanOrEqual(others)
  })

  it('is ended by force where it does not stop', async () => {
    const server = await start(['stubborn'])
    await server.stop()
    expect(isAlive((await launch(1)).pid)).toBe(false)
  })

  it('goes to another port where another server answers on the chosen one', async () => {
    const server = await start(['other nonce', 'ready'])
    const [first, second] = await Promise.all([launch(1), launch(2)])
    expect(server.http.base).toBe(`http://127.0.0.1:${second.port}`)
    expect(isAlive(first.pid)).toBe(false)
    expect(await ownFolders()).toEqual([server.handshake.nonce])
    await server.stop()
  })

  it('goes to another port where ComfyUI finds the chosen one taken', async () => {
    const server = await start(['port taken', 'port taken', 'ready'])
    expect(server.http.base).toBe(`http://127.0.0.1:${(await launch(3)).port}`)
    await server.stop()
  })

  it.runIf(process.platform === 'linux')(
    'goes to another port where something that is no ComfyUI answers',
    async () => {
      const others: Server[] = []
      const server = await start(['slow', 'ready'], {
        async onLaunch({ port }) {
          if (others.length > 0) return
          await until(() => launch(1).catch(() => undefined))
          const other = createHttpServer((_request, response) => response.writeHead(404).end('nothing here'))
          others.push(other.listen(port, '127.0.0.1'))
          await once(other, 'listening')
        },
      })
      expect(server.http.base).toBe(`http://127.0.0.1:${(await launch(2)).port}`)
      expect(isAlive((await launch(1)).pid)).toBe(false)
      await server.stop()
      for (const other of others) other.close()
    },
  )

  it('keeps the logs of others that run, and of the rest the newest', async () => {
    const logs = join(home.path, 'logs')
    const first = await start(['ready'])
    const old = Array.from({ length: 22 }, (_, number) => `comfyui-0-${String(number).padStart(2, '0')}.log`)
    for (const name of [...old, `${old[0]}.1`]) await writeFile(join(logs, name), '')
    await writeFile(join(first.ownFolder, 'log'), join(logs, old[1] as string))
    const second = await start(['ready'])
    await until(async () => (await readdir(logs)).length === 21)
    expect(await readdir(logs)).not.toContain(old[0])
    expect(await readdir(logs)).toContain(old[1])
    await Promise.all([first.stop(), second.stop()])
  })
})

describe('a server that does not start', () => {
  afterEach(async () => {
    expect(await ownFolders()).toEqual([])
  })

  it('because it ends: fails at once, with its log in plain text and what to do', async () => {
    const { details, message } = await failure('SERVER_START_FAILED', start(['crash']))
    expect(details).toMatchObject({
      exitCode: 3,
      logTail: ['Starting, crash', "No module named 'torchsde'"],
      hint: expect.stringContaining('"torchsde" is missing') as string,
      logFile: expect.stringContaining(join(home.path, 'logs')) as string,
    })
    expect(message).toContain('with exit code 3')
  })

  it('because the pack did not load', async () => {
    const { details } = await failure('SERVER_START_FAILED', start(['no pack']))
    expect(details.reason).toContain('pack did not load')
    expect(isAlive((await launch(1)).pid)).toBe(false)
  })

  it('because the system killed it', async () => {
    const started = start(['slow'], { onLaunch: async ({ pid }) => void process.kill(pid, 'SIGKILL') })
    const { message, details } = await failure('SERVER_START_FAILED', started)
    expect(details.reason).toContain('by SIGKILL')
    expect(message).toContain('memory ran out')
  })

  it.each(['slow', 'mute'] as const)('because it is %s: ends with its time', async (kind) => {
    const { details } = await failure('SERVER_START_FAILED', start([kind], { startTimeout: 300 }))
    expect(details).toMatchObject({
      reason: 'it did not answer within 300 ms',
      hint: expect.stringContaining('startTimeout') as string,
    })
  })

  it('because it is no longer wanted, also while it is mute', async () => {
    const controller = new AbortController()
    const started = start(['mute'], { signal: controller.signal })
    await until(async () => (await launch(1).catch(() => undefined)) !== undefined)
    controller.abort(new Error('no longer'))
    await expect(started).rejects.toThrow('no longer')
    expect(isAlive((await launch(1)).pid)).toBe(false)
  })

  it('because its Python cannot be run', async () => {
    await standInComfyUI(comfyui, ['ready'])
    const python = join(home.path, 'no-python')
    const { details, cause } = await failure(
      'SERVER_START_FAILED',
      startManagedServer({ installation: { kind: 'user', folder: comfyui, python } }),
    )
    expect(details.reason).toContain(`${python} cannot be run (ENOENT)`)
    expect(cause).toMatchObject({ code: 'ENOENT' })
  })
})

describe('a port that was asked for', () => {
  it('and is taken is refused before anything is started', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { message, details } = await failure('SERVER_START_FAILED', start(['ready'], { port }))
    expect(details.reason).toBe(`port ${port} is taken`)
    expect(message).toContain(`http://127.0.0.1:${port}`)
    await expect(launch(1)).rejects.toThrow('ENOENT')
    other.close()
  })

  it('is used, and no other is tried', async () => {
    const port = await freePort()
    const { details } = await failure('SERVER_START_FAILED', start(['other nonce', 'ready'], { port }))
    expect(details.reason).toContain('taken by another server')
    expect((await launch(1)).port).toBe(port)
  })
})
