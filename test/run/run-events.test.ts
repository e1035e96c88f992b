import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Discomfort, type RunEvent, type RunOptions } from '../../src/index.ts'
import { fakeComfyUI, type FakeComfyUI, type FakeOptions } from '../../src/testing/fake-comfyui.ts'
import type { FakeJob } from '../../src/testing/fake-job.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { definitions, node, port } from '../support/port-definitions.ts'
import { until } from '../support/until.ts'

let store: TemporaryFolder
beforeAll(async () => {
  store = await temporaryFolder('store')
  process.env['DISCOMFORT_STORE'] = store.path
})
afterAll(async () => {
  delete process.env['DISCOMFORT_STORE']
  await store[Symbol.asyncDispose]()
})

let server: FakeComfyUI
let discomfort: Discomfort
let script: (job: FakeJob) => void | Promise<void>
let intercept: FakeOptions['intercept']
let events: RunEvent[]
beforeEach(async () => {
  events = []
  script = (job) => succeed(job)
  intercept = undefined
  server = await fakeComfyUI({
    definitions,
    script: (job) => script(job),
    intercept: (request) => intercept?.(request),
  })
  discomfort = await Discomfort.create({ server: server.url, exclusive: true })
})
afterEach(async () => {
  await discomfort.close()
  await server[Symbol.asyncDispose]()
})

const count = { 1: node('Many'), 2: port('out', ['1', 1]) }
const picture = Uint8Array.of(1, 2, 3)

function succeed(job: FakeJob): void {
  job.save('out', 'INT', { int: '7' })
  job.succeed()
}

async function untilCancelled(job: FakeJob): Promise<void> {
  await job.cancelled
  job.interrupted()
}

/** A run whose events are noted. */
function listen(options: RunOptions = {}) {
  return discomfort.run(count, { ...options, onEvent: (event) => events.push(event) })
}

function ofType<Type extends RunEvent['type']>(type: Type): Extract<RunEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type)
}

/** A prompt of somebody else. */
async function submit(): Promise<void> {
  const body = JSON.stringify({ prompt: {}, prompt_id: crypto.randomUUID() })
  await fetch(`${server.url}/prompt`, { method: 'POST', body })
}

/** One of somebody else runs. */
async function occupy(): Promise<FakeJob> {
  let first: FakeJob | undefined
  script = (job) => void (first = job)
  await submit()
  await until(() => first)
  script = (job) => succeed(job)
  return first as unknown as FakeJob
}

describe('a job that waits', () => {
  it('says how many are before it, and how long it has waited and run', async () => {
    const first = await occupy()
    await submit()
    const run = listen()
    await until(() => ofType('queued').length > 0)
    const { promptId } = server.submitted[2] ?? {}
    expect(ofType('queued')).toMatchObject([{ workflow: 'workflow', promptId, position: 2 }])
    const gone = server.submitted[1]?.promptId
    await fetch(`${server.url}/api/jobs/${gone}/cancel`, { method: 'POST' })
    server.dropSockets()
    await until(() => ofType('waiting').length > 0)
    expect(ofType('waiting')).toMatchObject([{ position: 1, promptId }])
    expect(ofType('started')).toEqual([])
    first.succeed()
    await run
    const [started] = ofType('started')
    expect(started?.waited).toBeGreaterThan(0)
    const [{ milliseconds, ran } = { milliseconds: 0, ran: 0 }] = ofType('finished')
    expect(milliseconds).toBeGreaterThan(ran)
  })

  it('not at all says that none is before it', async () => {
    await listen()
    expect(ofType('queued')).toMatchObject([{ position: 0 }])
    expect(ofType('waiting')).toEqual([])
  })

  it('does not run out of its time for execution', async () => {
    const first = await occupy()
    const run = listen({ executionTimeout: 300 })
    await until(() => ofType('queued').length > 0)
    await new Promise((resolve) => setTimeout(resolve, 320))
    first.succeed()
    expect(await run).toEqual({ out: 7 })
  })

  it('that has begun does, and ends as TIMEOUT', async () => {
    script = untilCancelled
    const { details } = await failure('TIMEOUT', listen({ executionTimeout: 30 }))
    expect(details).toEqual({ after: 30, what: 'execution' })
    expect(ofType('failed')).toMatchObject([{ code: 'TIMEOUT' }])
    for (const executionTimeout of [-1, Number.NaN]) await failure('CONFIG_INVALID', listen({ executionTimeout }))
  })

  it('does so also where only the answer to a question tells that it has begun', async () => {
    server.faults.withhold = ['execution_start']
    script = async (job) => {
      server.dropSockets()
      await untilCancelled(job)
    }
    await failure('TIMEOUT', listen({ executionTimeout: 10 }))
    expect(ofType('started')).toHaveLength(1)
  })
})

describe('what a job shows', () => {
  it('are texts and lines of the log with their levels, while it runs and no longer', async () => {
    const lines = ['got prompt', 'WARNING: slow\nTraceback (most recent call last):', '100%|█| 1/1\r\n']
    const log = (job: FakeJob) => {
      const entries = lines.map((m) => ({ t: '2026-01-01T00:00:00', m }))
      job.tell('logs', { prompt_id: undefined, entries })
    }
    script = async (job) => {
      log(job)
      job.text('1', 'half way')
      await until(() => ofType('text').length > 0 && ofType('log').length === 4)
      succeed(job)
      log(job)
      job.text('1', 'too late')
    }
    await listen()
    expect(ofType('log').map(({ level, text }) => [level, text])).toEqual([
      ['info', 'got prompt'],
      ['warning', 'WARNING: slow'],
      ['error', 'Traceback (most recent call last):'],
      ['info', '100%|█| 1/1'],
    ])
    expect(ofType('text')).toMatchObject([{ node: '1', title: 'Many', text: 'half way' }])
    expect(server.requests.filter((asked) => asked === 'PATCH /internal/logs/subscribe')).toHaveLength(1)
  })

  it('are no lines of the log where nobody listens, or the server cannot send them', async () => {
    await discomfort.run(count)
    expect(server.requests).not.toContain('PATCH /internal/logs/subscribe')
    intercept = ({ path }) => (path.startsWith('/internal/') ? 'lost' : undefined)
    expect(await listen()).toEqual({ out: 7 })
    expect(ofType('log')).toEqual([])
  })

  it('are pictures of samplers, which are asked for where somebody listens', async () => {
    script = async (job) => {
      job.preview('1', picture, 'image/png')
      await until(() => ofType('preview').length > 0)
      succeed(job)
    }
    await listen()
    expect(ofType('preview')).toMatchObject([{ node: '1', title: 'Many', mediaType: 'image/png', bytes: picture }])
    script = (job) => succeed(job)
    await listen({ previews: false })
    await discomfort.run(count)
    await discomfort.run(count, { previews: true })
    expect(server.submitted.map(({ extraData }) => extraData['preview_method'])).toEqual([
      'auto',
      undefined,
      undefined,
      'auto',
    ])
  })

  it('is about the drawn node, where a node of it made others', async () => {
    script = (job) => {
      job.tell('executing', { node: '1.0.0.5', display_node: '1' })
      job.tell('progress', { node: '1.0.0.5', display_node_id: '1', value: 1, max: 2 })
      succeed(job)
    }
    await listen()
    expect([...ofType('nodeStarted'), ...ofType('progress')]).toMatchObject([{ node: '1' }, { node: '1' }])
  })

  it('does not hold the run up, where it is a flood and its reader is slow', async () => {
    script = (job) => {
      for (let value = 1; value <= 5000; value += 1) job.progress('1', value, 5000)
      succeed(job)
    }
    const run = discomfort.run(count)
    const reader = run[Symbol.asyncIterator]()
    await reader.next()
    expect(await run).toEqual({ out: 7 })
    const rest: RunEvent[] = []
    for (let next = await reader.next(); !next.done; next = await reader.next()) rest.push(next.value)
    expect(rest.map(({ type }) => type)).toContain('finished')
    expect(rest.length).toBeLessThan(20)
  })
})

describe('the end of a run', () => {
  it('is told as cancelled, where somebody wanted it', async () => {
    script = untilCancelled
    const run = listen()
    await until(() => server.submitted.length === 1)
    expect(await run.cancel()).toBe(true)
    await failure('ABORTED', run)
    expect(ofType('cancelled')).toMatchObject([{ code: 'ABORTED', message: 'The run was cancelled.' }])
    expect(ofType('cancelled')[0]?.milliseconds).toBeGreaterThan(0)
    expect(ofType('failed')).toEqual([])
  })

  it('is told as failed, where something went wrong', async () => {
    script = (job) => job.fail({ node: '1' })
    await failure('NODE_FAILED', listen())
    expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'NODE_FAILED' })
    expect(ofType('cancelled')).toEqual([])
  })

  it('is its result, where it was done before it could be cancelled: cancel() and a warning say so', async () => {
    script = async (job) => {
      await job.cancelled
      succeed(job)
    }
    const run = listen()
    await until(() => ofType('started').length > 0)
    expect(await run.cancel()).toBe(false)
    expect(await run).toEqual({ out: 7 })
    expect(run.report.warnings).toEqual(['The run was done before it could be cancelled: it has its results.'])
    expect(ofType('warning')).toHaveLength(1)
    expect(await run.cancel()).toBe(false)
  })

  it('has the figures of memory, where a node ran out of it and the server tells them', async () => {
    const gib = 2 ** 30
    intercept = ({ path }) =>
      path === '/system_stats'
        ? {
            status: 200,
            body: {
              system: { ram_total: 64 * gib, ram_free: 3 * gib },
              devices: [{ name: 'cuda:0 A card', vram_total: 24 * gib, vram_free: 22.5 * gib }],
            },
          }
        : undefined
    script = (job) => job.outOfMemory('1')
    const { details, message } = await failure('OUT_OF_MEMORY', listen())
    expect(details).toMatchObject({
      node: '1',
      memory: {
        ram: { total: 64 * gib, free: 3 * gib },
        devices: [{ name: 'cuda:0 A card', total: 24 * gib, free: 22.5 * gib }],
      },
    })
    expect(message).toContain('cuda:0 A card 22.5 of 24.0 GiB free; memory of the machine 3.0 of 64.0 GiB free')
  })

  it('has none where the server does not tell them', async () => {
    script = (job) => job.outOfMemory('1')
    for (const answer of [undefined, 'lost'] as const) {
      intercept = ({ path }) => (path === '/system_stats' ? answer : undefined)
      const { details } = await failure('OUT_OF_MEMORY', listen())
      expect(details).not.toHaveProperty('memory')
    }
  })
})
