import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { tell } from '../support/tell.ts'

/** How often the script is killed in each of its phases; `KILLS=20` is the long form. */
const kills = Number(process.env['KILLS'] ?? 1)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-orphans-'))
  await writeFile(join(folder, 'script.mjs'), script())
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts a ComfyUI, runs a long job, and closes at the first byte of its input; it tells what it does. */
function script(): string {
  const library = new URL('../../dist/index.js', import.meta.url).href
  return `import { Discomfort } from ${JSON.stringify(library)}
    console.log('starting')
    const discomfort = await Discomfort.create(${JSON.stringify({ ...inject('launch'), exclusive: true })})
    const run = discomfort.run({
      1: { class_type: 'TestSlow', inputs: { steps: 400, seed: 1 } },
      2: { class_type: 'PreviewAny', inputs: { source: ['1', 0] } },
    })
    run.catch(() => undefined)
    for await (const event of run) if (event.type === 'progress') break
    console.log('running')
    process.stdin.once('data', () => {
      console.log('closing')
      void discomfort.close().then(() => console.log('closed'))
    })
    setInterval(() => undefined, 1000)`
}

interface Script {
  readonly process: ChildProcess
  /** Resolves when it has said that word. */
  readonly said: (word: string) => Promise<void>
}

function start(store: string): Script {
  const child = spawn(process.execPath, [join(folder, 'script.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // It stands in the environment of every process that comes from this one.
    env: { ...process.env, DISCOMFORT_TEST_ORPHANS: store },
  })
  const lines = createInterface({ input: child.stdout })
  const words = new Set<string>()
  const ended = once(child, 'exit')
  lines.on('line', (line) => words.add(line))
  return {
    process: child,
    async said(word) {
      while (!words.has(word)) {
        await Promise.race([once(lines, 'line'), ended])
        if (child.exitCode !== null && !words.has(word)) throw new Error(`The script has ended before it was ${word}.`)
      }
    },
  }
}

/** All that runs of what the script started, whatever group or session it is in by now. */
function descendants(mark: string): string[] {
  const { stdout } = spawnSync('grep', ['-l', '-z', '-s', `DISCOMFORT_TEST_ORPHANS=${mark}`, ...environments()], {
    encoding: 'utf8',
  })
  return stdout.split('\n').filter((line) => line !== '')
}

function environments(): string[] {
  const { stdout } = spawnSync('sh', ['-c', 'ls -d /proc/[0-9]*/environ'], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line !== '')
}

/** How many milliseconds after the kill the last process was gone. */
async function goneAfter(mark: string): Promise<number> {
  const killed = Date.now()
  while (descendants(mark).length > 0) {
    const passed = Date.now() - killed
    if (passed > 5000) expect(descendants(mark).map(commandOf), 'processes that are left after 5 s').toEqual([])
    await sleep(20)
  }
  return Date.now() - killed
}

function commandOf(environment: string): string {
  return spawnSync('ps', ['-o', 'args=', '-p', environment.split('/')[2] as string], { encoding: 'utf8' }).stdout
}

/** A moment in a phase, spread evenly over the kills. */
function moment(kill: number, milliseconds: number): Promise<void> {
  return sleep((milliseconds * kill) / kills)
}

const phases = {
  async 'start-up'({ said }: Script, kill: number) {
    await said('starting')
    await moment(kill, 12_000)
  },
  async 'a run'({ said }: Script, kill: number) {
    await said('running')
    await moment(kill, 300)
  },
  async shutdown({ process: child, said }: Script, kill: number) {
    await said('running')
    child.stdin?.write('x')
    await said('closing')
    await moment(kill, 400)
  },
}

describe.runIf(process.platform === 'linux')('a script that is killed by SIGKILL', () => {
  it.each(Object.keys(phases) as (keyof typeof phases)[])(
    'during %s leaves no process 5 s later',
    async (phase) => {
      const times: number[] = []
      for (let kill = 0; kill < kills; kill += 1) {
        const mark = `${phase}-${kill}-${process.pid}`.replaceAll(' ', '-')
        const started = start(mark)
        await phases[phase](started, kill)
        started.process.kill('SIGKILL')
        await once(started.process, 'exit')
        times.push(await goneAfter(mark))
      }
      if (process.env['KILLS']) tell(`${phase}: ${times.length} kills, gone after ${times.join(', ')} ms`)
    },
    60_000 * kills,
  )
})
