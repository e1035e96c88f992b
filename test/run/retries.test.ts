import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Discomfort, type RunEvent } from '../../src/index.ts'
import { fakeComfyUI, type FakeComfyUI, type FakeOptions } from '../../src/testing/fake-comfyui.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { definitions, node, port } from '../support/port-definitions.ts'

let store: TemporaryFolder
beforeAll(async () => {
  store = await temporaryFolder('store')
  process.env['DISCOMFORT_STORE'] = store.path
})
afterAll(async () => {
  delete process.env['DISCOMFORT_STORE']
  await store[Symbol.asyncDispose]()
})

const count = { 1: port('in'), 2: node('Any', { anything: ['1', 0] }), 3: port('out', ['2', 0]) }
const inputs = { in: 5 }

/** A handle on a fake server. */
interface Attached extends AsyncDisposable {
  readonly server: FakeComfyUI
  readonly discomfort: Discomfort
}

async function attach(options: FakeOptions): Promise<Attached> {
  const server = await fakeComfyUI({ definitions, ...options })
  const discomfort = await Discomfort.create({ server: server.url, exclusive: true })
  return {
    server,
    discomfort,
    async [Symbol.asyncDispose]() {
      await discomfort.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** A node that raises so many times, then gives what it takes. */
function failing(times: number): FakeOptions['nodes'] {
  let left = times
  return {
    Any({ anything }) {
      left -= 1
      if (left >= 0) throw new Error('by chance')
      return [anything]
    },
  }
}

describe.concurrent('a run whose server is lost', () => {
  it('is repeated on the one that comes back, with its values, and says so', async () => {
    let sent = 0
    await using there = await attach({
      nodes: {
        async Any({ anything }, { job }) {
          sent += 1
          if (sent === 1) {
            void there.server.restart()
            await job.cancelled
          }
          return [anything]
        },
      },
    })
    const context = there.discomfort.context()
    const events: RunEvent[] = []
    const run = there.discomfort.run(count, { inputs, context, retries: 1, onEvent: (event) => events.push(event) })
    expect(await run).toEqual({ out: 5 })
    expect(run.report.retries).toMatchObject([{ workflow: 'workflow', attempt: 1, code: 'SERVER_CRASHED' }])
    const told = events.filter(({ type }) => ['queued', 'retrying', 'finished', 'failed'].includes(type))
    expect(told.map(({ type, attempt }) => [type, attempt])).toEqual([
      ['queued', 1],
      ['retrying', 1],
      ['queued', 2],
      ['finished', 2],
    ])
    expect(told[1]).toMatchObject({ code: 'SERVER_CRASHED', next: 2, message: run.report.retries[0]?.message })
    const ids = new Set(there.server.submitted.map(({ promptId }) => promptId))
    expect(ids.size).toBe(2)
    expect(await context.load('out')).toBe(5)
  })

  it('fails with what happened where it may not be repeated, and keeps nothing', async () => {
    await using there = await attach({ script: () => void there.server.restart() })
    const context = there.discomfort.context()
    const run = there.discomfort.run(count, { inputs, context })
    await failure('SERVER_CRASHED', run)
    expect(run.report.retries).toEqual([])
    expect(context.has('out')).toBe(false)
    expect(context.has('in')).toBe(true)
  })
})

describe('a run that fails', () => {
  it('is repeated as often as it is asked to, where the code is named', async () => {
    await using there = await attach({ nodes: failing(2) })
    const events: RunEvent[] = []
    const run = there.discomfort.run(count, {
      inputs,
      retries: { times: 2, on: ['NODE_FAILED'] },
      onEvent: (event) => events.push(event),
    })
    expect(await run).toEqual({ out: 5 })
    expect(run.report.retries.map(({ attempt, code }) => [attempt, code])).toEqual([
      [1, 'NODE_FAILED'],
      [2, 'NODE_FAILED'],
    ])
    expect(events.at(-1)).toMatchObject({ type: 'output', attempt: 3 })
  })

  it('one time more often ends with the error', async () => {
    await using there = await attach({ nodes: failing(3) })
    const run = there.discomfort.run(count, { inputs, retries: { times: 2, on: ['NODE_FAILED'] } })
    await failure('NODE_FAILED', run)
    expect(there.server.submitted).toHaveLength(3)
    expect(run.report.retries).toHaveLength(2)
  })

  it('because of a node of its own is not repeated unless that is asked for', async () => {
    await using there = await attach({ nodes: failing(1) })
    await failure('NODE_FAILED', there.discomfort.run(count, { inputs, retries: 3 }))
    expect(there.server.submitted).toHaveLength(1)
  })

  it('because somebody ended it is never repeated', async () => {
    await using there = await attach({ script: (job) => job.interrupted() })
    await failure('ABORTED', there.discomfort.run(count, { inputs, retries: 3 }))
    expect(there.server.submitted).toHaveLength(1)
  })

  it('because of its time is never repeated', async () => {
    await using there = await attach({
      async script(job) {
        await job.cancelled
        job.interrupted()
      },
    })
    await failure('TIMEOUT', there.discomfort.run(count, { inputs, retries: 3, executionTimeout: 20 }))
    expect(there.server.submitted).toHaveLength(1)
  })

  it('repeats of a list only the workflow that failed', async () => {
    await using there = await attach({ nodes: failing(1) })
    const events: RunEvent[] = []
    const run = there.discomfort.run([{ 1: node('Many'), 2: port('in', ['1', 1]) }, count], {
      retries: { times: 1, on: ['NODE_FAILED'] },
      onEvent: (event) => events.push(event),
    })
    await run
    expect(there.server.submitted).toHaveLength(3)
    expect(events.filter(({ type }) => type === 'queued').map((event) => [event.workflowIndex, event.attempt])).toEqual(
      [
        [0, 1],
        [1, 1],
        [1, 2],
      ],
    )
  })
})
