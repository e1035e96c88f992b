import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { integer, sample } from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sweepDeadContexts } from '../../src/context/places/context-folder.ts'
import { storeRoots } from '../../src/context/places/store-roots.ts'
import { WorkflowContext } from '../../src/context/workflow-context.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folders.ts'
import { canMount, mounting, unshare } from '../support/small-file-system.ts'
import { colorOf } from './support/color-of.ts'
import { isRunning } from './support/processes.ts'

/** A short form; FAULTS=50 is the long one. */
const faults = Number(process.env['FAULTS'] ?? 1)
const loopNamed = fileURLToPath(new URL('children/loop-named.ts', import.meta.url))
const smallMemory = fileURLToPath(new URL('children/small-memory.ts', import.meta.url))

let store: TemporaryFolder
let memory: TemporaryFolder
let env: Record<string, string>
beforeAll(async () => {
  store = await temporaryFolder('faults')
  memory = await temporaryFolder('faults-memory')
  env = { DISCOMFORT_STORE: store.path, DISCOMFORT_RAM_STORE: memory.path }
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await memory[Symbol.asyncDispose]()
})

interface Script {
  readonly process: ChildProcess
  readonly server: number
  /** The last number that was confirmed. */
  readonly confirmed: () => number
  readonly next: () => Promise<void>
  readonly ended: Promise<string>
}

/** Starts a script with a ComfyUI of its own, or attached to one. */
async function start(launch: object = inject('launch'), own: Record<string, string> = env): Promise<Script> {
  const args = ['--import', 'tsx', loopNamed, JSON.stringify(launch)]
  const started = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...own },
  })
  const lines = createInterface(started.stdout)
  let confirmed = 0
  let last = ''
  let server = 0
  lines.on('line', (line) => {
    if (/^\d+$/.test(line)) confirmed = Number(line)
    else if (line.startsWith('server ')) server = Number(line.slice(7))
    else last = line
  })
  const ended = once(lines, 'close').then(() => last)
  const first = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (/^\d+$/.test(line)) resolve()
    })
  })
  await Promise.race([first, ended])
  return {
    process: started,
    server,
    confirmed: () => confirmed,
    next: async () => void (await once(lines, 'line')),
    ended,
  }
}

async function kept(disk = store.path): Promise<{ number: number; color: number }> {
  await using context = new WorkflowContext({ name: 'faults' }, { ram: undefined, disk })
  const image = await context.load('image', 'IMAGE')
  return { number: await context.load('number', 'INT'), color: await colorOf(image) }
}

const whom = ['the server', 'the script', 'both'] as const

describe(`killed at a random moment, ${faults} times each`, () => {
  it.each(whom)(
    '%s: nothing that was confirmed is lost, and what was given together is together',
    async (which) => {
      for (const wait of sample(integer({ min: 0, max: 300 }), faults)) {
        const script = await start()
        // The instant at which a run has told its values is one of the moments.
        await script.next()
        if (wait % 3 > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        const confirmed = script.confirmed()
        if (which !== 'the script') process.kill(script.server, 'SIGKILL')
        if (which !== 'the server') script.process.kill('SIGKILL')
        const last = await script.ended
        const found = await kept()
        expect(found.color).toBe(found.number)
        expect(found.number).toBeGreaterThanOrEqual(Math.max(confirmed, script.confirmed()))
        if (which === 'the server') expect(last).toBe(`kept ${found.number} ${found.number}`)
        await expect.poll(() => isRunning(script.server)).toBe(false)
      }
      for (const root of [store.path, memory.path]) await sweepDeadContexts(root)
      expect([...(await readdir(store.path)), ...(await readdir(memory.path))]).toEqual(['named'])
    },
    faults * 120_000,
  )
})

describe('several scripts with one server and one context', () => {
  it('run beside each other, and what each gave together is together', async () => {
    const shared = { server: inject('server') }
    const scripts = await Promise.all([1, 2, 3].map(() => start(shared, {})))
    const wanted = scripts.map((script) => script.confirmed() + 20)
    for (const [at, script] of scripts.entries())
      while (script.confirmed() < (wanted[at] as number)) await script.next()
    for (let look = 0; look < 20; look += 1) {
      const found = await kept(storeRoots().disk).catch((error: { code?: string }) => {
        // They go on: what was loaded may be overwritten before it is read.
        expect(error.code).toBe('VALUE_GONE')
        return undefined
      })
      if (found) expect(found.color).toBeGreaterThan(0)
    }
    for (const script of scripts) script.process.kill('SIGKILL')
    await Promise.all(scripts.map((script) => script.ended))
    const found = await kept(storeRoots().disk)
    expect(found.number).toBeGreaterThan(0)
    expect(found.color).toBe(found.number)
    await new WorkflowContext({ name: 'faults' }).shutdown({ remove: true })
  })
})

describe.runIf(canMount)('memory for values that is smaller than they are, as Docker gives 64 MB', () => {
  it('is no error: they go to disk', async () => {
    const run = promisify(execFile)
    const small = join(memory.path, 'small')
    const script = `mkdir -p "$0" && mount -t tmpfs -o size=64m tmpfs "$0" && "$1" --import tsx "$2" "$3"`
    const args = [...mounting, script, small, process.execPath, smallMemory, JSON.stringify(inject('launch'))]
    const { stdout } = await run(unshare, args, { env: { ...process.env, ...env, DISCOMFORT_RAM_STORE: small } })
    expect(JSON.parse(stdout)).toEqual({
      places: { large: 'disk', small: 'ram', 'large-out': 'disk', 'small-out': 'ram' },
      last: 0.5,
      shape: [8, 1024, 1024, 3],
    })
    await rm(small, { recursive: true, force: true })
  })
})
