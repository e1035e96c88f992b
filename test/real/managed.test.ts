import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort } from 'discomfort'
import { discomfortHome } from '../../src/home.ts'
import { isGoneWithin, isRunning } from './support/processes.ts'
import { port, through } from './support/prompts.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-managed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The folder that a server has for itself while it lives. */
function ownFolder(discomfort: Discomfort): string {
  return join(discomfortHome(), 'servers', discomfort.connector.handshake?.nonce as string)
}

describe('a managed server', () => {
  it('is shared by equal configurations, stops with the last of them, and leaves nothing behind', async () => {
    const [one, two] = await Promise.all([Discomfort.create(inject('launch')), Discomfort.create(inject('launch'))])
    const pid = one.connector.pid as number
    expect(two.connector.pid).toBe(pid)
    expect(one.connector.isManaged).toBe(true)
    expect(await readdir(ownFolder(one))).toContain('comfyui.db')
    await one.close()
    await one.close()
    const run = two.run(through('PrimitiveInt', 'value'), { inputs: { in: 4 } })
    expect((await run)['out']).toBe(4)
    await two.close()
    expect(isRunning(pid)).toBe(false)
    await expect(readdir(ownFolder(one))).rejects.toThrow('ENOENT')
    expect(() => two.run(through('PrimitiveInt', 'value'))).toThrow('closed')
  })

  it('is its own where exclusive, saves files where it is told, and is cancelled by closing', async () => {
    const output = join(folder, 'output')
    await mkdir(output)
    const discomfort = await Discomfort.create({ ...inject('launch'), exclusive: true, output })
    const run = discomfort.run(new URL('../../examples/attach/text-to-image.json', import.meta.url))
    await run
    expect(run.files[0]?.path).toBe(join(output, run.files[0]?.filename as string))
    expect(await readdir(output)).toContain(run.files[0]?.filename)
    const slow = discomfort.run({
      1: { class_type: 'TestSlow', inputs: { steps: 400, seed: 1 } },
      2: { class_type: 'PreviewAny', inputs: { source: ['1', 0] } },
    })
    for await (const event of slow) if (event.type === 'progress') break
    await discomfort.close()
    await expect(slow).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('tells of its death, is there again, and repeats what may be repeated', async () => {
    await using discomfort = await Discomfort.create({ ...inject('launch'), exclusive: true })
    const slow = {
      1: { class_type: 'TestSlow', inputs: { steps: 40, seed: 1 } },
      2: port('seed', ['1', 0]),
    }
    const pid = discomfort.connector.pid as number
    const run = discomfort.run(slow)
    for await (const event of run) if (event.type === 'progress') break
    process.kill(pid, 'SIGKILL')
    await expect(run).rejects.toMatchObject({ code: 'SERVER_CRASHED', details: { signal: 'SIGKILL' } })
    expect(discomfort.connector.state).toBe('restarting')
    const again = discomfort.run(slow, { retries: 1 })
    for await (const event of again) if (event.type === 'progress') break
    expect(discomfort.connector.pid).not.toBe(pid)
    process.kill(discomfort.connector.pid as number, 'SIGKILL')
    await again
    expect(again.report.retries).toMatchObject([{ attempt: 1, code: 'SERVER_CRASHED' }])
    expect(isRunning(pid)).toBe(false)
  })

  it('goes with its script, also when that is killed with SIGKILL', async () => {
    const script = join(folder, 'script.ts')
    const library = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
    await writeFile(
      script,
      `import { Discomfort } from ${JSON.stringify(library)}
       void Discomfort.create(${JSON.stringify(inject('launch'))}).then((discomfort) => {
         console.log(discomfort.connector.pid)
         setInterval(() => {}, 1000)
       })`,
    )
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = Number(
      await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    )
    expect(isRunning(pid)).toBe(true)
    child.kill('SIGKILL')
    expect(await isGoneWithin(pid, 5000)).toBe(true)
  })
})

describe('a server that cannot be started', () => {
  it('because its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await expect(Discomfort.create({ ...inject('launch'), port })).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
      message: expect.stringContaining(String(port)) as string,
    })
    server.close()
  })

  it('because there is no ComfyUI in the folder, or no Python', async () => {
    await expect(Discomfort.create({ comfyui: folder })).rejects.toMatchObject({
      code: 'COMFYUI_NOT_FOUND',
      details: { reason: expect.stringContaining('main.py') as string },
    })
    const python = join(folder, 'no-python')
    await expect(Discomfort.create({ ...inject('launch'), python })).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
      message: expect.stringContaining(python) as string,
    })
  })

  it('because a Python package is missing: fails at once, with the log and what to do', async () => {
    const fake = join(folder, 'ComfyUI')
    await mkdir(join(fake, 'comfy'), { recursive: true })
    await writeFile(join(fake, 'main.py'), 'import a_package_that_nobody_has\n')
    const error = await Discomfort.create({ comfyui: fake, python: inject('launch').python }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({
      code: 'SERVER_START_FAILED',
      details: { exitCode: 1, hint: expect.stringContaining('a_package_that_nobody_has') as string },
    })
    expect((error as { details: { logTail: string[] } }).details.logTail.join('\n')).toContain('ModuleNotFoundError')
  })

  it('because ComfyUI does not know an argument', async () => {
    await expect(Discomfort.create({ ...inject('launch'), args: ['--no-such-argument'] })).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
      details: { exitCode: 2, hint: expect.stringContaining('--no-such-argument') as string },
    })
  })

  it('in the time it has, or because it is no longer wanted', async () => {
    await expect(Discomfort.create({ ...inject('launch'), exclusive: true, startTimeout: 500 })).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
      message: expect.stringContaining('500 ms') as string,
    })
    await expect(
      Discomfort.create({ ...inject('launch'), exclusive: true, signal: AbortSignal.timeout(500) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
