import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from '../support/is-alive.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { standInComfyUI, type StandInLaunch } from '../support/stand-in-comfyui.ts'
import { until } from '../support/until.ts'
import { mainScript, runCli } from './support/run-cli.ts'

let home: TemporaryFolder
let comfyui: string
let options: { cwd: string; env: Record<string, string> }
beforeEach(async () => {
  home = await temporaryFolder('home')
  comfyui = join(home.path, 'ComfyUI')
  options = { cwd: home.path, env: { DISCOMFORT_HOME: home.path } }
})
afterEach(async () => {
  await runCli(['down', '--all'], options)
  await home[Symbol.asyncDispose]()
})

async function launch(launches: StandInLaunch[] = ['ready']): Promise<string[]> {
  const { python } = await standInComfyUI(comfyui, launches)
  return ['--comfyui', comfyui, '--python', python]
}

interface Told {
  readonly pid: number
  readonly address: string
  readonly logFile: string
  readonly wasUp: boolean
}

async function up(args: readonly string[]): Promise<Told> {
  const { code, stdout, stderr } = await runCli(['up', ...args, '--json'], options)
  expect(code, stdout + stderr).toBe(0)
  return JSON.parse(stdout) as Told
}

describe('discomfort up, status and down', () => {
  it('start a server that outlives the command, tell of it, and stop it', async () => {
    const args = await launch()
    const first = await runCli(['up', ...args], options)
    expect(first.code).toBe(0)
    const [, address, pid] = /^ComfyUI 0\.30\.0 is up at (\S+) \(pid (\d+)\)\n$/.exec(first.stdout) ?? []
    expect(first.stderr).toContain(join(home.path, 'logs'))
    expect(isAlive(Number(pid))).toBe(true)
    expect(await runCli(['up', ...args], options)).toMatchObject({
      code: 0,
      stdout: `ComfyUI 0.30.0 is up already at ${address} (pid ${pid})\n`,
    })
    const told = await runCli(['status'], options)
    expect(told.stdout).toMatch(new RegExp(`${address} +${pid} +ready +\\d+ s +0\\.30\\.0 +${comfyui}\n`))
    await writeFile(join(comfyui, 'jobs'), '1')
    expect((await runCli(['status'], options)).stdout).toContain('busy with 1 job ')
    expect(await runCli(['down'], options)).toMatchObject({
      code: 0,
      stdout: `The ComfyUI at ${address} (pid ${pid}) is stopped.\n`,
    })
    expect(isAlive(Number(pid))).toBe(false)
    expect(await readdir(join(home.path, 'up'))).toEqual([])
  })

  it('take the options of a start, and keep secrets to themselves', async () => {
    const secret = 'a-secret-value'
    const server = await up([...(await launch()), '--arg', '--lowvram', '--custom-nodes', 'one', '--custom-nodes', 'two', '--keep-models', '0', '--env', `GIVEN=${secret}`, '--output', 'pictures']) // prettier-ignore
    const { args, given } = JSON.parse(await readFile(join(comfyui, 'launch-1.json'), 'utf8')) as { args: string[]; given: string } // prettier-ignore
    expect(given).toBe(secret)
    for (const words of [
      ['--whitelist-custom-nodes', 'discomfort', 'one', 'two'],
      ['--output-directory', join(home.path, 'pictures')],
      ['--lowvram'],
    ])
      // prettier-ignore
      expect(args.join(' ')).toContain(words.join(' '))
    const { stdout } = await runCli(['status', '--json'], options)
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [{ address: server.address, pid: server.pid, state: 'ready', jobs: 0, configuration: { keepModels: 0, env: ['GIVEN'] } }], // prettier-ignore
      removed: [],
    })
    for (const name of await readdir(join(home.path, 'up')))
      expect(await readFile(join(home.path, 'up', name), 'utf8')).not.toContain(secret)
    expect(stdout).not.toContain(secret)
  })

  it('start one server where two commands want it at once', async () => {
    const args = await launch()
    const [one, two] = await Promise.all([up(args), up(args)])
    expect(one.pid).toBe(two.pid)
    expect(one.wasUp).toBe(!two.wasUp)
  })

  it('name the server to stop where several are up', async () => {
    const args = await launch()
    const servers = [await up(args), await up([...args, '--arg', '--a']), await up([...args, '--arg', '--b'])]
    const which = await runCli(['down'], options)
    expect(which.code).toBe(2)
    for (const { address } of servers) expect(which.stderr).toContain(address)
    const [first, second, third] = servers as [Told, Told, Told]
    expect((await runCli(['down', String(first.pid)], options)).code).toBe(0)
    expect((await runCli(['down', second.address.replace('127.0.0.1', 'localhost')], options)).code).toBe(0)
    expect(servers.map(({ pid }) => isAlive(pid))).toEqual([false, false, true])
    expect(await runCli(['down', '--json', 'http://127.0.0.1:1'], options)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('SERVER_UNREACHABLE') as string,
    })
    expect((await runCli(['down', '--all'], options)).stdout).toContain(`pid ${third.pid}`)
    expect(await runCli(['down'], options)).toMatchObject({ code: 0, stdout: '', stderr: 'No ComfyUI is up.\n' })
    expect(await runCli(['status'], options)).toMatchObject({ code: 0, stdout: '' })
  })

  it('tell of a server that has died, and remove what is left of it', async () => {
    const args = await launch()
    const { pid, address } = await up(args)
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    const { stdout, stderr } = await runCli(['status'], options)
    expect({ stdout, stderr }).toMatchObject({ stdout: '', stderr: expect.stringContaining(`${address} (pid ${pid}) had ended`) as string }) // prettier-ignore
    expect(await readdir(join(home.path, 'servers'))).toEqual([])
    expect((await up(args)).wasUp).toBe(false)
  })

  it.each(['SIGKILL', 'SIGINT'] as const)('leave nothing of a start that ends by %s', async (signal) => {
    const args = await launch(['slow', 'ready'])
    const child = spawn(process.execPath, [mainScript, 'up', ...args], {
      stdio: 'ignore',
      cwd: home.path,
      env: { ...process.env, ...options.env },
    })
    await until(() => readFile(join(comfyui, 'launch-1.json')).catch(() => undefined))
    const { pid } = JSON.parse(await readFile(join(comfyui, 'launch-1.json'), 'utf8')) as { pid: number }
    child.kill(signal)
    await once(child, 'exit')
    const next = await up(args)
    expect(next).toMatchObject({ wasUp: false })
    expect(isAlive(pid)).toBe(false)
  })

  it('say why a server cannot be started', async () => {
    const { code, stdout } = await runCli(['up', ...(await launch(['crash'])), '--json'], options)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SERVER_START_FAILED' } })
    expect((await runCli(['up', '--env', 'nothing'], options)).code).toBe(2)
  })
})
