import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { definitions } from '../support/port-definitions.ts'
import { fakeComfyUI, type FakeComfyUI } from '../../src/testing/fake-comfyui.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { isAlive } from '../support/is-alive.ts'
import { standInComfyUI } from '../support/stand-in-comfyui.ts'
import { until } from '../support/until.ts'

const script = fileURLToPath(new URL('children/hold-handle.mjs', import.meta.url))
const library = new URL('../../dist/index.js', import.meta.url).href

let home: TemporaryFolder
let cancelled: number
let fake: FakeComfyUI
beforeEach(async () => {
  home = await temporaryFolder('home')
  cancelled = 0
  fake = await fakeComfyUI({
    definitions,
    async script(job) {
      job.tell('execution_start')
      await job.cancelled
      cancelled += 1
      job.interrupted()
    },
  })
})
afterEach(async () => {
  await fake[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
})

interface Child {
  readonly process: ChildProcess
  readonly lines: readonly string[]
  readonly said: (word: string) => Promise<void>
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

function start(options: object, listensFor?: string): Child {
  const args = [script, library, JSON.stringify(options), ...(listensFor ? [JSON.stringify(listensFor)] : ['null'])]
  const env = { ...process.env, DISCOMFORT_HOME: home.path, DISCOMFORT_STORE: join(home.path, 'store') }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  return {
    process: child,
    lines,
    said: (word) => until(() => lines.includes(word) || child.exitCode !== null),
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
  }
}

async function launched(): Promise<number> {
  return (JSON.parse(await readFile(join(home.path, 'ComfyUI', 'launch-1.json'), 'utf8')) as { pid: number }).pid
}

async function standIn(kind: 'ready' | 'stubborn'): Promise<object> {
  const { folder, python } = await standInComfyUI(join(home.path, 'ComfyUI'), [kind])
  return { comfyui: folder, python }
}

describe('a script that is asked to end', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s closes its handle and ends by it', async (signal) => {
    const child = start({ server: fake.url })
    await child.said('running')
    child.process.kill(signal)
    expect(await child.ended).toEqual({ code: null, signal })
    expect(cancelled).toBe(1)
    expect(child.lines).toEqual(['before 0', 'open 1', 'running'])
  })

  it('stops the ComfyUI that it started', async () => {
    const child = start(await standIn('ready'))
    await child.said('running')
    const pid = await launched()
    child.process.kill('SIGTERM')
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' })
    expect(isAlive(pid)).toBe(false)
  })

  it('twice ends at once, and its ComfyUI with it', async () => {
    const child = start(await standIn('stubborn'))
    await child.said('running')
    const pid = await launched()
    child.process.kill('SIGINT')
    // Within 100 ms it would be the same Ctrl-C, handed on by a parent.
    setTimeout(() => child.process.kill('SIGINT'), 300)
    expect(await child.ended).toEqual({ code: 130, signal: null })
    await until(() => !isAlive(pid))
  })

  it('leaves a signal to the listener that it has itself, and only that one', async () => {
    const child = start({ server: fake.url }, 'SIGINT')
    await child.said('running')
    child.process.kill('SIGINT')
    expect(await child.ended).toEqual({ code: 7, signal: null })
    expect(child.lines.slice(-2)).toEqual(['heard', 'done'])
    const other = start({ server: fake.url }, 'SIGINT')
    await other.said('running')
    other.process.kill('SIGTERM')
    expect(await other.ended).toEqual({ code: null, signal: 'SIGTERM' })
    expect(cancelled).toBe(2)
  })

  it('ends as any other script where the handle is to leave signals alone', async () => {
    const child = start({ server: fake.url, handleSignals: false })
    await child.said('running')
    child.process.kill('SIGINT')
    expect(await child.ended).toEqual({ code: null, signal: 'SIGINT' })
    expect(child.lines).toContain('open 0')
    expect(cancelled).toBe(0)
  })

  it('is listened for only while a handle is open', async () => {
    const child = start({ server: fake.url }, 'close')
    expect(await child.ended).toEqual({ code: 0, signal: null })
    expect(child.lines).toEqual(['before 0', 'open 1', 'closed 0'])
  })
})
