import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectorState } from '../../../src/server/connector-options.ts'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { isAlive } from '../../support/is-alive.ts'
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

async function connect(launches: StandInLaunch[]): Promise<{ comfy: ComfyConnector; states: ConnectorState[] }> {
  const installation = await standInComfyUI(comfyui, launches)
  const states: ConnectorState[] = []
  const onState = (state: ConnectorState) => void states.push(state)
  const comfy = await ComfyConnector.create({ comfyui, python: installation.python, onState })
  return { comfy, states }
}

async function pidOf(number: number): Promise<number> {
  const text = await readFile(join(comfyui, `launch-${number}.json`), 'utf8')
  return (JSON.parse(text) as { pid: number }).pid
}

describe('a server of ours that ends while it is in use', () => {
  it('is started again, and who needs it waits', async () => {
    const { comfy, states } = await connect(['ready'])
    const { pid, handshake, logFile } = comfy
    process.kill(pid as number, 'SIGKILL')
    await until(() => comfy.state === 'restarting')
    await comfy.ready()
    expect(comfy.pid).toBe(await pidOf(2))
    expect(comfy.handshake?.nonce).not.toBe(handshake?.nonce)
    expect(comfy.logFile).not.toBe(logFile)
    await comfy.shutdown()
    expect(states).toEqual(['starting', 'ready', 'restarting', 'ready', 'stopped'])
    expect(isAlive(await pidOf(2))).toBe(false)
  })

  it('is waited for no longer than a signal says', async () => {
    const { comfy } = await connect(['ready', 'slow'])
    process.kill(comfy.pid as number, 'SIGKILL')
    await until(() => comfy.state === 'restarting')
    const controller = new AbortController()
    const waiting = comfy.ready({ signal: controller.signal })
    controller.abort(new Error('no longer'))
    await expect(waiting).rejects.toThrow('no longer')
    await comfy.shutdown()
  })

  it('is not started again where we stop, also in the middle of it', async () => {
    const { comfy, states } = await connect(['ready', 'slow'])
    process.kill(comfy.pid as number, 'SIGKILL')
    const pid = await untilThere(() => pidOf(2))
    await comfy.shutdown()
    expect(isAlive(pid)).toBe(false)
    expect(states.at(-1)).toBe('stopped')
    await failure('CLOSED', comfy.ready())
  })

  it('is given up after five deaths in a row, with what the last start said', async () => {
    const { comfy, states } = await connect(['ready', 'crash'])
    process.kill(comfy.pid as number, 'SIGKILL')
    await until(() => comfy.state === 'restarting')
    const { message, details, cause } = await failure('SERVER_CRASHED', comfy.ready())
    expect(message).toContain('5 times in a row')
    expect(details.logFile).toContain('comfyui-')
    expect(cause).toMatchObject({ code: 'SERVER_START_FAILED' })
    expect(states).toEqual(['starting', 'ready', 'restarting', 'failed'])
    await failure('SERVER_CRASHED', comfy.nodeDefinitions())
    await comfy.shutdown()
  })
})

async function untilThere<T>(find: () => Promise<T>): Promise<T> {
  let found: T | undefined
  await until(async () => (found = await find().catch(() => undefined)))
  return found as T
}
