import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { Discomfort, type RunEvent } from '../../src/index.ts'
import { failure } from '../support/failure.ts'
import { fakeComfyUI, type FakeComfyUI, type FakeOptions } from '../../src/testing/fake-comfyui.ts'
import type { FakeJob } from '../../src/testing/fake-job.ts'
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
beforeEach(async () => {
  script = (job) => {
    job.save('out', 'INT', { int: '7' })
    job.succeed()
  }
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
const untilCancelled = async (job: FakeJob) => {
  await job.cancelled
  job.interrupted()
}

describe('a run is a promise', () => {
  it('of its outputs', async () => {
    const run = discomfort.run(count)
    expect(run).not.toBeInstanceOf(Promise)
    expect(Object.prototype.toString.call(run)).toBe('[object Run]')
    const outputs = await run
    expect(outputs).toEqual({ out: 7 })
    expect(Object.getPrototypeOf(outputs)).toBeNull()
    expect(await Promise.all([run, run.then(({ out }) => out as number)])).toEqual([{ out: 7 }, 7])
    let wasFinal = false
    await run.finally(() => {
      wasFinal = true
    })
    expect(wasFinal).toBe(true)
  })

  it('that is rejected with the error of the run', async () => {
    script = (job) => job.fail({ node: '1', message: 'it broke' })
    const run = discomfort.run(count)
    const { details } = await failure('NODE_FAILED', run)
    expect(details).toMatchObject({ node: '1', title: 'Many', exceptionMessage: 'it broke', workflow: 'workflow' })
    expect(await run.catch(() => 'caught')).toBe('caught')
    await expect(run.finally(() => undefined)).rejects.toThrow('it broke')
  })

  it('whose failure nobody hears is an unhandled rejection, unless its events are read', async () => {
    script = (job) => job.fail({ node: '1', message: 'unheard' })
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const unhandled: unknown[] = []
    process.on('unhandledRejection', (reason) => unhandled.push(reason))
    try {
      const read = discomfort.run(count)
      const reading = (async () => {
        for await (const _event of read);
      })()
      await failure('NODE_FAILED', reading)
      const handled = discomfort.run(count)
      await handled.catch(() => undefined)
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled).toEqual([])
      void discomfort.run(count)
      await until(() => unhandled.length > 0)
      expect(unhandled).toMatchObject([{ code: 'NODE_FAILED' }])
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of before) process.on('unhandledRejection', listener)
    }
  })

  it('that begins at once, also where nobody awaits it', async () => {
    const run = discomfort.run(count)
    await until(() => server.submitted.length === 1)
    await run
  })
})

describe('a run is a stream of events', () => {
  it('from its beginning to its end, for each reader', async () => {
    script = (job) => {
      job.tell('executing', { node: '1' })
      job.tell('progress', { node: '1', value: 1, max: 2 })
      job.save('out', 'INT', { int: '7' })
      job.succeed()
    }
    const run = discomfort.run(count)
    const read = async () => {
      const events: RunEvent[] = []
      for await (const event of run) events.push(event)
      return events
    }
    const [one, two] = await Promise.all([read(), read()])
    expect(one).toEqual(two)
    expect(one.map(({ type }) => type)).toEqual([
      'queued',
      'started',
      'nodeStarted',
      'progress',
      'nodeFinished',
      'finished',
      'output',
    ])
    expect(one.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(new Set(one.map(({ runId }) => runId))).toEqual(new Set([run.id]))
    expect(one.at(-1)).toMatchObject({ type: 'output', uniqueId: 'out', valueType: 'INT', shape: null })
    expect(await run).toEqual({ out: 7 })
  })

  it('that ends with the error of the run', async () => {
    script = (job) => job.fail({ node: '1' })
    const types: string[] = []
    const reading = (async () => {
      for await (const { type } of discomfort.run(count)) types.push(type)
    })()
    await failure('NODE_FAILED', reading)
    expect(types.at(-1)).toBe('failed')
  })

  it('that can be left without an end to the run', async () => {
    const run = discomfort.run(count)
    for await (const event of run) if (event.type === 'queued') break
    expect(await run).toEqual({ out: 7 })
  })

  it('which onEvent hears too; what it throws cancels the run and is its error', async () => {
    const heard: string[] = []
    await discomfort.run(count, { onEvent: ({ type }) => heard.push(type) })
    expect(heard).toEqual(['queued', 'started', 'finished', 'output'])
    script = untilCancelled
    const broken = discomfort.run(count, {
      onEvent({ type }) {
        if (type === 'started') throw new Error('my listener is broken')
      },
    })
    await expect(broken).rejects.toThrow('my listener is broken')
    const late = discomfort.run(count, {
      onEvent({ type }) {
        if (type === 'output') throw new Error('late')
      },
    })
    script = (job) => {
      job.save('out', 'INT', { int: '7' })
      job.succeed()
    }
    await expect(late).rejects.toThrow('late')
  })
})

describe('a run ends early', () => {
  it('by cancel(), which resolves when the server has confirmed', async () => {
    script = untilCancelled
    const run = discomfort.run(count)
    await until(() => server.submitted.length === 1)
    await run.cancel()
    const { details } = await failure('ABORTED', run)
    expect(details.reason).toBe('cancel()')
    expect(discomfort.connector.state).toBe('ready')
    await run.cancel()
  })

  it('not by cancel() after its end', async () => {
    const run = discomfort.run(count)
    await run
    await run.cancel()
    expect(await run).toEqual({ out: 7 })
  })

  it('by its signal, whose reason is the cause', async () => {
    script = untilCancelled
    const controller = new AbortController()
    const run = discomfort.run(count, { signal: controller.signal })
    await until(() => server.submitted.length === 1)
    controller.abort(new Error('enough'))
    const { details, cause } = await failure('ABORTED', run)
    expect(details.reason).toContain('enough')
    expect(cause).toMatchObject({ message: 'enough' })
    await failure('ABORTED', discomfort.run(count, { signal: AbortSignal.abort('before') }))
    expect(server.submitted).toHaveLength(1)
  })

  it('by its time, after its job was cancelled', async () => {
    script = untilCancelled
    const { details } = await failure('TIMEOUT', discomfort.run(count, { timeout: 500 }))
    expect(details).toEqual({ after: 500, what: 'run' })
    expect(server.requests.some((request) => request.endsWith('/cancel'))).toBe(true)
  })

  it('by its time also while the server does not tell its nodes', async () => {
    intercept = ({ path }) => (path === '/object_info' ? 'none' : undefined)
    await failure('TIMEOUT', discomfort.run(count, { timeout: 500 }))
    const run = discomfort.run(count)
    await run.cancel()
    await failure('ABORTED', run)
    expect(server.submitted).toEqual([])
  })

  it('not by a time that is longer than a timer can hold; one that is none is refused', async () => {
    expect(await discomfort.run(count, { timeout: Infinity })).toEqual({ out: 7 })
    expect(await discomfort.run(count, { timeout: 2 ** 40 })).toEqual({ out: 7 })
    for (const timeout of [Number.NaN, -1, '5s' as unknown as number])
      await failure('CONFIG_INVALID', discomfort.run(count, { timeout }))
  })

  it('by somebody who interrupts it on the server', async () => {
    script = (job) => job.interrupted()
    const { details } = await failure('ABORTED', discomfort.run(count))
    expect(details).toMatchObject({ reason: 'interrupted', promptId: server.submitted[0]?.promptId })
  })

  it('by the end of Discomfort, which nobody has to hear of', async () => {
    script = untilCancelled
    const run = discomfort.run(count)
    await until(() => server.submitted.length === 1)
    await discomfort.close()
    await failure('CLOSED', run)
    await failure('CLOSED', async () => discomfort.run(count))
    await failure('CLOSED', async () => discomfort.context())
  })
})

describe('what a job does is told in our errors', () => {
  it('out of memory', async () => {
    script = (job) => job.fail({ node: '1', type: 'torch.OutOfMemoryError', message: 'Allocation on device' })
    const { details } = await failure('OUT_OF_MEMORY', discomfort.run(count))
    expect(details).toMatchObject({ node: '1', title: 'Many', exceptionMessage: 'Allocation on device' })
  })

  it('a node that a node made', async () => {
    script = (job) => job.fail({ node: '1.0.0.5' })
    expect((await failure('NODE_FAILED', discomfort.run(count))).details).toMatchObject({ node: '1', title: 'Many' })
  })

  it('a class that the server does not have, and all others that are missing too', async () => {
    intercept = ({ path }) =>
      path === '/discomfort/submit'
        ? {
            status: 400,
            body: {
              error: { type: 'missing_node_type', message: "Node 'Gone' not found", details: '', extra_info: {} },
              node_errors: {},
            },
          }
        : undefined
    const { details, message } = await failure(
      'WORKFLOW_NODES_MISSING',
      discomfort.run({ ...count, 3: node('Gone', {}, 'Mine'), 4: node('Also gone') }),
    )
    expect(details.missing).toEqual([
      { type: 'Gone', nodes: [{ id: '3', title: 'Mine' }] },
      { type: 'Also gone', nodes: [{ id: '4', title: 'Also gone' }] },
    ])
    expect(message).toContain('"Mine", node 3')
  })

  it('an output that was blocked: the run says so, and it is an error where it was asked for', async () => {
    script = (job) => job.succeed()
    const run = discomfort.run(count)
    expect(await run).toEqual({})
    expect(run.skipped).toEqual([{ uniqueId: 'out', node: '2', title: 'out', workflow: 'workflow', reason: 'blocked' }])
    const { details } = await failure('VALUE_NOT_FOUND', discomfort.run(count, { outputs: { out: 'INT' } }))
    expect(details).toEqual({ key: 'out', known: [] })
  })
})

describe('outputs', () => {
  it('that the socket did not tell are taken from history', async () => {
    script = (job) => {
      job.save('out', 'INT', { int: '8' }, 'quietly')
      job.succeed()
    }
    expect(await discomfort.run(count)).toEqual({ out: 8 })
  })

  it('that the server tells in an unknown form are damaged, not blocked', async () => {
    for (const told of [[{ v: 2 }], [], 'nonsense', [{ v: 1, unique_id: 'out', receipt: { v: 1, id: '../x' } }]]) {
      script = (job) => {
        job.output('2', { discomfort: told })
        job.succeed()
      }
      const { details } = await failure('VALUE_CORRUPT', discomfort.run(count))
      expect(details.id).toBe('of the output "out"')
    }
  })

  it('of ports that are muted or bypassed in the drawing are skipped, with the reason', async () => {
    script = (job) => job.succeed()
    const drawn = (mode: number) => ({
      version: 0.4,
      nodes: [
        { id: 1, type: 'Many', mode: 0, inputs: [], outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }] },
        {
          id: 2,
          type: 'DiscomfortPort',
          title: 'Result',
          mode,
          inputs: [{ name: 'value', type: '*', link: 1 }],
          outputs: [{ name: 'value', type: '*', links: null }],
          widgets_values: ['result', ''],
        },
      ],
      links: [[1, 1, 0, 2, 0, 'IMAGE']],
    })
    for (const [mode, reason] of [
      [2, 'muted'],
      [4, 'bypassed'],
    ] as const) {
      const run = discomfort.run(drawn(mode))
      expect(await run).toEqual({})
      expect(run.skipped).toEqual([{ uniqueId: 'result', node: '2', title: 'Result', workflow: 'workflow', reason }])
    }
    expect(server.submitted[0]?.extraData).toMatchObject({ extra_pnginfo: { workflow: drawn(2) } })
  })

  it('of one kind are checked: another type is an error', async () => {
    await failure('VALUE_TYPE', discomfort.run(count, { outputs: { out: 'IMAGE' } }))
    expect(await discomfort.run(count, { outputs: { out: 'BIGINT' } })).toEqual({ out: 7n })
  })

  it('are committed together to the context, and nothing of a run that failed', async () => {
    const context = discomfort.context()
    await discomfort.run(count, { context })
    expect(await context.load('out', 'INT')).toBe(7)
    script = (job) => {
      job.save('out', 'INT', { int: '9' })
      job.fail({ node: '1' })
    }
    await failure('NODE_FAILED', discomfort.run(count, { context }))
    expect(await context.load('out', 'INT')).toBe(7)
  })

  it('of a list of workflows: each takes what the ones before it gave', async () => {
    const values: unknown[] = []
    script = (job) => {
      values.push(job.prompt['4']?.inputs['seed'])
      if (values.length === 1) job.save('out', 'INT', { int: '41' })
      job.succeed()
    }
    const second = { 3: port('out'), 4: node('Sampler', { seed: ['3', 0] }) }
    const run = discomfort.run([count, second])
    expect(await run).toEqual({ out: 41 })
    expect(values).toEqual([undefined, 41])
    expect(run.report.workflows).toMatchObject([
      { name: 'workflow', promptId: server.submitted[0]?.promptId },
      { name: 'workflow', promptId: server.submitted[1]?.promptId },
    ])
  })

  it('of a run whose nodes were all cached: the report says so', async () => {
    script = (job) => {
      job.tell('execution_cached', { nodes: ['1', '2'] })
      job.save('out', 'INT', { int: '7' })
      job.succeed()
    }
    const run = discomfort.run(count)
    expect(await run).toEqual({ out: 7 })
    expect(run.report.workflows).toMatchObject([{ allCached: true }])
  })
})

describe('files', () => {
  it('that nodes saved are told, with what they are and where to get them', async () => {
    intercept = ({ path }) => (path.startsWith('/view?') ? { status: 200, body: `bytes of ${path}` } : undefined)
    script = (job) => {
      job.output('1', {
        images: [{ filename: 'a b.png', subfolder: 'sub', type: 'output' }],
        animated: [true],
        text: ['hello'],
      })
      job.output('1.0.2', { gifs: [{ filename: 'b.mp4', type: 'temp', fullpath: '/secret/b.mp4' }] })
      job.succeed()
    }
    const run = discomfort.run({ 1: node('Picture', {}, 'My picture') })
    await run
    expect(run.files).toMatchObject([
      {
        node: '1',
        title: 'My picture',
        classType: 'Picture',
        kind: 'images',
        filename: 'a b.png',
        subfolder: 'sub',
        folderType: 'output',
        path: undefined,
        url: `${server.url}/view?filename=a+b.png&subfolder=sub&type=output`,
      },
      { node: '1', kind: 'gifs', filename: 'b.mp4', subfolder: '', folderType: 'temp' },
    ])
    expect(Buffer.from((await run.files[0]?.read()) as Uint8Array).toString()).toContain('bytes of /view?filename=a+b')
    expect(run.files[1]).not.toHaveProperty('fullpath')
  })

  it('that are gone say so', async () => {
    script = (job) => {
      job.output('1', { images: [{ filename: 'a.png', subfolder: '', type: 'temp' }] })
      job.succeed()
    }
    const run = discomfort.run({ 1: node('Picture') })
    await run
    const { details } = await failure('VALUE_GONE', run.files[0]?.read() as Promise<unknown>)
    expect(details).toEqual({ id: 'a.png' })
  })
})

describe('options of a run', () => {
  it('that nobody reads are refused', async () => {
    const { details } = await failure('CONFIG_INVALID', discomfort.run(count, { input: {} } as never))
    expect(details).toMatchObject({ key: 'input', nearest: 'inputs' })
    expect(server.submitted).toEqual([])
  })

  it('are checked for all workflows of a list before the first is sent', async () => {
    const second = { 3: port('image'), 4: node('Picture', { image: ['3', 0] }) }
    const { details } = await failure('PORT_UNBOUND', discomfort.run([count, second]))
    expect(details.ports).toMatchObject([{ uniqueId: 'image', node: '3', type: 'IMAGE' }])
    const wrong = discomfort.run(count, { inputs: { 'Many.imag': 1 } })
    expect((await failure('ADDRESS_NOT_FOUND', wrong)).details.address).toBe('Many.imag')
    await failure(
      'VALUE_TYPE',
      discomfort.run({ 4: node('Sampler', { seed: 1 }) }, { inputs: { 'Sampler.seed': 7.9 } }),
    )
    expect(server.submitted).toEqual([])
  })

  it('say what goes with the prompt: drawn workflow, values and nothing that was not asked for', async () => {
    script = (job) => job.succeed()
    await discomfort.run({ 4: node('Sampler', { seed: 1 }) }, { inputs: { 'Sampler.seed': 5 } })
    expect(server.submitted[0]).toMatchObject({ prompt: { 4: { inputs: { seed: 5 } } }, extraData: {} })
    expect(server.submitted[0]?.body.discomfort).toMatchObject({ reads: [], digests: {}, forget: [] })
  })
})
