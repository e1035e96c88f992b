import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { assertLogLevel } from '../../src/log.ts'
import { openLog } from '../../src/log/open-log.ts'
import { failure } from '../support/failure.ts'
import { fakeComfyUI } from '../../src/testing/fake-comfyui.ts'
import { temporaryFolder } from '../support/folders.ts'

const library = fileURLToPath(new URL('../../dist/connector.js', import.meta.url))

/** What a script of a user's prints, and what it logs. */
async function runScript(script: string, env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  const { DISCOMFORT_LOG: _level, DISCOMFORT_LOG_FILE: _file, ...inherited } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, library], {
    env: { ...inherited, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await new Promise((resolve) => child.once('close', resolve))
  return { stdout, stderr }
}

const attach = `
  const { ComfyConnector } = await import(process.argv[1])
  const comfy = await ComfyConnector.create({ server: process.env.ADDRESS, headers: { 'X-Access': 'sesame-open' } })
  await comfy.shutdown()
  const { createRequire } = await import('node:module')
  const loaded = Object.keys(createRequire(process.argv[1]).cache)
  console.log(['pino', 'undici', 'tough-cookie', 'https-proxy-agent'].filter((name) => loaded.some((path) => path.includes('/' + name + '/'))).join())
`

interface Line {
  readonly level: string
  readonly time: string
  readonly pid: number
  readonly msg: string
  readonly [field: string]: unknown
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

describe('the log of Discomfort', () => {
  it('says nothing and loads nothing where nobody asks for it', async () => {
    await using server = await fakeComfyUI()
    const { stdout, stderr } = await runScript(attach, { ADDRESS: server.url })
    expect(stderr).toBe('')
    expect(stdout).toBe('\n')
  })

  it('tells each request on stderr, a line of JSON each, and never stands on stdout', async () => {
    await using server = await fakeComfyUI()
    const ADDRESS = server.url.replace('://', '://me:top-secret@')
    const { stdout, stderr } = await runScript(attach, { ADDRESS, DISCOMFORT_LOG: 'debug' })
    expect(stdout).toBe('pino\n')
    const [line] = linesOf(stderr)
    expect(line).toMatchObject({ level: 'debug', msg: 'request', method: 'GET', path: '/discomfort/handshake' })
    expect(line).toMatchObject({ status: 200, ms: expect.any(Number), pid: expect.any(Number) })
    expect(new Date(line?.time as string).getFullYear()).toBeGreaterThan(2025)
    for (const secret of ['top-secret', 'sesame-open']) expect(stderr).not.toContain(secret)
  })

  it('goes to a file that only its owner reads, at the level that is asked for', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'logs', 'discomfort.log')
    const log = openLog({ DISCOMFORT_LOG_FILE: file, DISCOMFORT_LOG: 'warn' })
    expect(log.debug ?? log.info).toBeUndefined()
    log.warn?.({ state: 'failed' }, 'one')
    log.error?.({}, 'two')
    expect(linesOf(await readFile(file, 'utf8')).map(({ level, msg, state }) => [level, msg, state])).toEqual([
      ['warn', 'one', 'failed'],
      ['error', 'two', undefined],
    ])
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0)
    expect(Object.keys(openLog({ DISCOMFORT_LOG_FILE: file }))).toEqual(['info', 'warn', 'error'])
  })

  it('is on stderr where its file cannot be opened', async () => {
    await using folder = await temporaryFolder()
    await using server = await fakeComfyUI()
    const env = { ADDRESS: server.url, DISCOMFORT_LOG: 'debug', DISCOMFORT_LOG_FILE: folder.path }
    const [first, second] = linesOf((await runScript(attach, env)).stderr)
    expect(first).toMatchObject({ level: 'warn', msg: 'the log file cannot be opened, so the log is here' })
    expect(second).toMatchObject({ msg: 'request' })
  })

  it('has no other levels', async () => {
    const { message } = await failure('CONFIG_INVALID', () => assertLogLevel('verbose'))
    expect(message).toContain('It takes debug, info, warn, error')
    assertLogLevel('')
    assertLogLevel('info')
    expect(openLog({ DISCOMFORT_LOG: 'verbose' })).toEqual({})
  })
})
