import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { isAlive } from '../../support/is-alive.ts'
import { node } from '../support/prompts.ts'
import { innerWorkflows } from './support/inner-workflows.ts'
import { startOuterServer, type OuterServer } from './support/outer-server.ts'
import { ended, failureOf, post, runPrompt } from './support/post-prompt.ts'
import { insideOf, listening, processTree } from './support/process-tree.ts'

const invert = (seed: number): Prompt => ({
  1: node('EmptyImage', { width: 64, height: 64, batch_size: 1, color: seed }),
  2: node('DiscomfortTestRunner', { workflow_path: 'invert.json', models: 'unload', input_0: ['1', 0] }),
  3: node('PreviewImage', { images: ['2', 0] }),
})
const slow = (seed: number): Prompt => ({
  1: node('TestInt', { value: seed }),
  2: node('DiscomfortTestRunner', { workflow_path: 'slow.json', models: 'unload', input_0: ['1', 0] }),
  3: node('PreviewAny', { source: ['2', 0] }),
})

async function startWithWorkflows(): Promise<OuterServer> {
  const outer = await startOuterServer(inject('launch'))
  for (const [name, workflow] of Object.entries(innerWorkflows)) await outer.save(name, workflow)
  return outer
}

let outer: OuterServer
let seed = 0
beforeAll(async () => {
  outer = await startWithWorkflows()
})
afterAll(() => outer?.[Symbol.asyncDispose]())

async function succeeds(server = outer): Promise<void> {
  const done = await runPrompt(server.address, invert((seed += 1)), 90_000)
  expect(failureOf(done)).toBeUndefined()
  expect(done.outputs['3']?.['images']).toHaveLength(1)
}

/** Posts a prompt that does not end by itself, and waits until it is at work inside. */
async function beginSlow(server = outer): Promise<string> {
  const posted = await post(server.address, slow((seed += 1)))
  await expect.poll(() => innerQueue(server)).toBe(1)
  return posted?.id as string
}

/** How much the nested server works on. */
async function innerQueue(server: OuterServer): Promise<number> {
  const [nested] = insideOf(server.pid).servers
  const port = nested?.command[nested.command.indexOf('--port') + 1]
  if (port === undefined) return 0
  const queue = await fetch(`http://127.0.0.1:${port}/queue`).then(
    (answer) => answer.json() as Promise<{ queue_running: unknown[] }>,
    () => undefined,
  )
  return queue?.queue_running.length ?? 0
}

const pids = () => {
  const { bridges, servers } = insideOf(outer.pid)
  return [bridges.map(({ pid }) => pid), servers.map(({ pid }) => pid)]
}

describe('the bridge and the nested server', () => {
  it('are not there before a node needs them', () => {
    expect(pids()).toEqual([[], []])
  })

  it('are one each after 30 queues, and neither they nor ComfyUI grow', async () => {
    for (let queue = 0; queue < 15; queue += 1) await succeeds()
    const before = insideOf(outer.pid)
    const memory = () => {
      const { bridges, servers } = insideOf(outer.pid)
      return [processTree(outer.pid)[0], bridges[0], servers[0]].map((one) => (one?.memory ?? 0) / 2 ** 20)
    }
    const early = memory()
    for (let queue = 0; queue < 30; queue += 1) await succeeds()
    expect(pids()).toEqual([[before.bridges[0]?.pid], [before.servers[0]?.pid]])
    const grown = memory().map((late, place) => late - (early[place] ?? 0))
    // Megabytes. One picture of each run would be 1.5.
    for (const [place, most] of [8, 16, 8].entries()) expect(grown[place]).toBeLessThan(most)
  })

  it('listen on the loopback address alone', async () => {
    await succeeds()
    const addresses = listening(processTree(outer.pid).map(({ pid }) => pid))
    expect(addresses.length).toBeGreaterThanOrEqual(2)
    expect(new Set(addresses)).toEqual(new Set(['0100007F']))
  })
})

describe('what is killed in the middle of a run', () => {
  beforeEach(() => succeeds())

  it('is told on the node where it is the nested server, and the next queue works', async () => {
    const id = await beginSlow()
    const [nested] = insideOf(outer.pid).servers
    process.kill(nested?.pid as number, 'SIGKILL')
    const failure = failureOf(await ended(outer.address, id))
    expect(failure).toMatchObject({
      node: '2',
      message: expect.stringMatching(/ComfyUI.*(ended|killed|crashed)/) as unknown,
    })
    await succeeds()
    expect(pids().map((all) => all.length)).toEqual([1, 1])
  })

  it('is told on the node where it is the bridge, whose server ends too, and the next queue works', async () => {
    const id = await beginSlow()
    const { bridges, servers } = insideOf(outer.pid)
    process.kill(bridges[0]?.pid as number, 'SIGKILL')
    const failure = failureOf(await ended(outer.address, id))
    expect(failure).toMatchObject({ node: '2', message: expect.stringContaining('bridge') as unknown })
    await expect.poll(() => isAlive(servers[0]?.pid as number), { timeout: 5000 }).toBe(false)
    await succeeds()
    expect(pids().map((all) => all.length)).toEqual([1, 1])
  })

  it('is gone with a ComfyUI that is killed, within 5 s', async () => {
    const own = await startWithWorkflows()
    try {
      await beginSlow(own)
      const { bridges, servers } = insideOf(own.pid)
      const inside = [...bridges, ...servers].map(({ pid }) => pid)
      expect(inside).toHaveLength(2)
      process.kill(own.pid, 'SIGKILL')
      await expect.poll(() => inside.filter(isAlive), { timeout: 5000 }).toEqual([])
    } finally {
      await own[Symbol.asyncDispose]()
    }
  })
})

describe('a run that is stopped', () => {
  it('has the inner one stopped within 2 s, and the next queue works', async () => {
    await succeeds()
    for (const prompt of ['run', 'loop'] as const) {
      const id = await (prompt === 'run' ? beginSlow() : beginLoop())
      const begun = performance.now()
      await fetch(`${outer.address}/interrupt`, { method: 'POST' })
      const done = await ended(outer.address, id)
      expect(done.status.messages.map(([name]) => name)).toContain('execution_interrupted')
      await expect.poll(() => innerQueue(outer), { timeout: 2000 }).toBe(0)
      expect(performance.now() - begun).toBeLessThan(2000)
      await succeeds()
    }
  })

  async function beginLoop(): Promise<string> {
    const loop = node('DiscomfortLoop', {
      workflow_path: 'slow.json',
      iterations: 5,
      feedback: '',
      until: '',
      index: '',
      results: 'last',
      models: 'keep',
      input_0: ['1', 0],
    })
    const posted = await post(outer.address, { ...slow((seed += 1)), 2: loop })
    await expect.poll(() => innerQueue(outer)).toBe(1)
    return posted?.id as string
  }
})
