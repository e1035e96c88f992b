import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { blocker, fakeComfyUI, type FakeComfyUI, type FakeJob, type FakeOptions } from 'discomfort/testing'
import { Discomfort, Image, Tensor } from 'discomfort'
import { failure } from '../support/failure.ts'
import { definitions, node, port } from '../support/port-definitions.ts'
import { plainClient, type Heard, type PlainClient } from '../contract/plain-client.ts'
import { until } from '../support/until.ts'

/** A fake ComfyUI with a client. */
interface Pair extends Omit<PlainClient, 'submit' | 'ended'> {
  readonly server: FakeComfyUI
  readonly submit: (body?: object, route?: string) => Promise<string>
  /** Until the socket or history tells the end. */
  readonly ended: (id: string) => Promise<void>
}

async function client(options: FakeOptions = {}, flags = true): Promise<Pair> {
  const server = await fakeComfyUI(options)
  const plain = await plainClient(server.url, flags)
  const isOver = (id: string) => plain.about(id).some(({ data }) => data['node'] === null)
  return {
    ...plain,
    server,
    submit: (body, route) => plain.submit({ 1: node('A') }, body, route),
    ended: (id) => until(async () => isOver(id) || id in (await plain.get(`/history/${id}`))),
    async [Symbol.asyncDispose]() {
      await plain[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const wait = async (job: FakeJob) => {
  await job.cancelled
  job.interrupted()
}
const typesOf = (messages: readonly Heard[]) => messages.map(({ type }) => type).filter((type) => type !== 'status')

describe('a fake ComfyUI', () => {
  it('tells the submitter of a job all of it, and history the same', async () => {
    await using me = await client({
      script: (job) => (job.executing('1'), job.output('1', { text: ['a'] }), job.succeed()),
    })
    const id = await me.submit()
    await until(() => me.messages.at(-1)?.data['node'] === null)
    expect(typesOf(me.messages)).toEqual([
      'feature_flags',
      'execution_start',
      'executing',
      'executed',
      'execution_success',
      'executing',
    ])
    expect(await me.get(`/history/${id}`)).toMatchObject({ [id]: { outputs: { 1: { text: ['a'] } } } })
    expect(await me.get(`/api/jobs/${id}`)).toMatchObject({ status: 'completed' })
  })

  it('runs one job after another, and tells where each is', async () => {
    await using me = await client({ script: wait })
    const ids = [await me.submit(), await me.submit(), await me.submit()]
    const told = await Promise.all(ids.map((id) => me.get(`/discomfort/jobs/${id}`)))
    expect(told).toMatchObject([
      { state: 'running', position: null, worker: true, instance: me.server.instance },
      { state: 'pending', position: 1 },
      { state: 'pending', position: 2 },
    ])
    await me.post(`/discomfort/jobs/${ids[1]}/cancel`)
    expect(await me.get(`/discomfort/jobs/${ids[1]}`)).toMatchObject({ state: 'refused' })
    expect(await me.get(`/discomfort/jobs/${ids[2]}`)).toMatchObject({ state: 'pending', position: 1 })
    await me.post(`/discomfort/jobs/${ids[0]}/cancel`)
    await me.ended(ids[0] as string)
    expect(await me.get(`/discomfort/jobs/${ids[0]}`)).toMatchObject({ state: 'ended' })
  })

  it('takes an id once through the pack, and as often as it is posted without', async () => {
    await using me = await client()
    const body = { prompt_id: randomUUID(), discomfort: { v: 1, context: 'c' } }
    await me.submit(body, '/discomfort/submit')
    await me.submit(body, '/discomfort/submit')
    expect(me.server.submitted).toHaveLength(1)
    await me.submit({ prompt_id: body.prompt_id })
    expect(me.server.submitted).toHaveLength(2)
  })

  it('refuses an id that was cancelled before it came', async () => {
    await using me = await client()
    const id = randomUUID()
    const told = await (await me.post(`/discomfort/jobs/${id}/cancel`)).json()
    expect(told).toMatchObject({ v: 1, id, state: 'refused' })
    const refused = await me.post('/discomfort/submit', { prompt: {}, prompt_id: id, discomfort: { v: 1 } })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ error: { type: 'discomfort_refused' } })
    expect(refused.headers.get('x-discomfort-instance')).toBe(me.server.instance)
  })

  it('sends the messages of a job to whoever follows it', async () => {
    await using me = await client({ script: wait })
    const id = await me.submit({ client_id: 'somebody else' })
    expect(await (await me.post('/discomfort/follow', { v: 1, client_id: me.id, ids: [id, 'x'] })).json()).toEqual({
      v: 1,
      followed: [id],
    })
    await me.post('/interrupt')
    await until(() => typesOf(me.messages).includes('execution_interrupted'))
  })

  it('checks prompts where it is strict, and runs those outputs that pass', async () => {
    const strict = {
      Number: { name: 'Number', input: { required: { value: ['INT', { min: 0 }] } }, output: ['INT'] },
      Show: { name: 'Show', input: { required: { source: ['*'] } }, output: [], output_node: true },
    } as const
    const ran: string[] = []
    await using me = await client({
      strict: true,
      definitions: strict,
      nodes: {
        Number({ value }, { node: id }) {
          ran.push(id)
          return [value]
        },
      },
    })
    const type = async (prompt: object) =>
      ((await (await me.post('/prompt', { prompt })).json()) as { error: { type: string } }).error.type
    expect(await type({ 1: node('Nothing') })).toBe('missing_node_type')
    expect(await type({ 1: node('Number', { value: 1 }) })).toBe('prompt_no_outputs')
    expect(await type({ 1: node('Show') })).toBe('prompt_outputs_failed_validation')
    const half = {
      1: node('Number', { value: 1 }),
      2: node('Show', { source: ['1', 0] }),
      3: node('Number', { value: -1 }),
      4: node('Show', { source: ['3', 0] }),
    }
    const id = randomUUID()
    const answer = await (await me.post('/prompt', { prompt: half, prompt_id: id })).json()
    expect(answer).toMatchObject({
      node_errors: { 3: { errors: [{ type: 'value_smaller_than_min' }], dependent_outputs: ['4'] } },
    })
    await me.ended(id)
    expect(ran).toEqual(['1'])
  })
})

describe('stand-ins for nodes', () => {
  const twice = {
    1: port('in'),
    2: node('Picture', { image: ['1', 0] }),
    3: port('out', ['2', 0]),
  }

  it('get and give values of any size', async () => {
    await using server = await fakeComfyUI({
      definitions,
      nodes: {
        async Picture({ image }) {
          const { shape } = image as Tensor
          const data = (await (image as Tensor).data()) as Float32Array
          return [
            Tensor.from(
              data.map((value) => value * 2),
              shape,
            ),
          ]
        },
      },
    })
    await using discomfort = await Discomfort.create({ server: server.url, exclusive: true })
    const image = Image.from(Tensor.from(new Float32Array(48).fill(0.25), [1, 4, 4, 3]))
    const { out } = await discomfort.run(twice, { inputs: { in: image }, outputs: { out: 'IMAGE' } })
    expect([...(await out.pixels())]).toEqual(Array.from({ length: 48 }, () => 0.5))
  })

  it('fail, block and are cancelled as nodes are', async () => {
    await using server = await fakeComfyUI({
      definitions,
      nodes: {
        Many: () => {
          throw new RangeError('too many')
        },
        Any: ({ anything }) => [anything === 'why' ? blocker('because') : blocker()],
        Sampler: (_, { job }) => new Promise((_resolve, reject) => job.signal.addEventListener('abort', reject)),
      },
    })
    await using discomfort = await Discomfort.create({ server: server.url, exclusive: true })
    const { details } = await failure('NODE_FAILED', discomfort.run({ 1: node('Many'), 2: port('out', ['1', 1]) }))
    expect(details).toMatchObject({ node: '1', exceptionType: 'RangeError', exceptionMessage: 'too many' })
    for (const anything of ['why', 'silently']) {
      const run = discomfort.run({ 1: node('Any', { anything }), 2: port('out', ['1', 0]) })
      expect(await run).toEqual({})
      expect(run.skipped).toMatchObject([{ uniqueId: 'out', reason: 'blocked' }])
    }
    const controller = new AbortController()
    const slow = discomfort.run({ 1: node('Sampler'), 2: port('out', ['1', 0]) }, { signal: controller.signal })
    await until(() => server.submitted.length === 4)
    controller.abort()
    await failure('ABORTED', slow)
  })
})

describe('faults', () => {
  it('lose submits before they arrive, and answers afterwards', async () => {
    await using me = await client({ faults: { loseSubmits: 1, loseAnswers: 1 } })
    await expect(me.submit()).rejects.toThrow('fetch failed')
    expect(me.server.submitted).toHaveLength(0)
    await expect(me.submit()).rejects.toThrow('fetch failed')
    expect(me.server.submitted).toHaveLength(1)
    await me.submit()
    expect(me.server.submitted).toHaveLength(2)
  })

  it('repeat requests and answers, and delay these', async () => {
    await using me = await client({ faults: { repeatRequests: true, repeatAnswers: true, delayAnswers: 20 } })
    const begun = performance.now()
    await me.submit()
    expect(performance.now() - begun).toBeGreaterThan(18)
    expect(me.server.submitted).toHaveLength(2)
    expect(await me.get('/queue')).toHaveProperty('queue_running')
  })

  it('leave requests without an answer', async () => {
    await using me = await client()
    me.server.faults.silent = true
    await expect(fetch(`${me.server.url}/queue`, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout')
    me.server.faults.silent = false
    expect(await me.get('/queue')).toHaveProperty('queue_running')
  })

  it('refuse sockets, close them, and keep them mute', async () => {
    await using refused = await client({ faults: { sockets: 'refused' } })
    expect(refused.isOpen()).toBe(false)
    await using closed = await client({ faults: { sockets: 'closed' } })
    await until(() => !closed.isOpen())
    await using mute = await client({ faults: { sockets: 'mute' } })
    const id = await mute.submit()
    await mute.ended(id)
    expect([mute.isOpen(), mute.messages]).toEqual([true, []])
  })

  it('break sockets, also in the middle of a message', async () => {
    await using me = await client()
    me.server.dropSockets('mid-message')
    await until(() => !me.isOpen())
    expect(typesOf(me.messages)).not.toContain('{')
    await using other = await client()
    other.server.dropSockets()
    await until(() => !other.isOpen())
  })

  it('keep messages back, and delay them', async () => {
    await using me = await client({ faults: { withhold: ['execution_success'], delayMessages: 20 } })
    const id = await me.submit()
    await until(() => me.messages.at(-1)?.data['node'] === null)
    expect(typesOf(me.messages)).not.toContain('execution_success')
    expect(await me.get(`/history/${id}`)).toHaveProperty(id)
  })

  it('make history late, empty and without a status', async () => {
    await using me = await client({ faults: { emptyHistory: true } })
    const told = () => until(() => me.messages.at(-1)?.data['node'] === null)
    const first = await me.submit()
    await told()
    expect(await me.get(`/history/${first}`)).toEqual({})
    Object.assign(me.server.faults, { emptyHistory: false, nullStatus: true, lateHistory: 20 })
    me.messages.length = 0
    const second = await me.submit()
    await told()
    await until(async () => second in (await me.get(`/history/${second}`)))
    expect(await me.get(`/history/${second}`)).toMatchObject({ [second]: { status: null } })
  })

  it('refuse in the form of old releases, and acknowledge cancels that do nothing', async () => {
    await using me = await client({ faults: { oldRefusals: true, loseCancels: 1 }, script: wait })
    const refused = await me.post('/prompt', {})
    expect(await refused.json()).toEqual({ error: 'There is no prompt', node_errors: [] })
    const id = await me.submit()
    for (const state of ['running', 'ended']) {
      expect(await (await me.post(`/api/jobs/${id}/cancel`)).json()).toEqual({ cancelled: true })
      if (state === 'ended') await me.ended(id)
      expect(await me.get(`/discomfort/jobs/${id}`)).toMatchObject({ state })
    }
  })

  it('answer 404 for what a release lacks', async () => {
    await using me = await client({ lacks: ['/api/jobs', '/discomfort/jobs'] })
    expect((await me.post(`/api/jobs/${randomUUID()}/cancel`)).status).toBe(404)
    expect((await fetch(`${me.server.url}/discomfort/jobs/${randomUUID()}`)).status).toBe(404)
    await using plain = await client({ pack: false })
    expect((await fetch(`${plain.server.url}/discomfort/handshake`)).status).toBe(404)
  })
})

describe('a server that dies', () => {
  it('keeps the job of a dead worker for ever, and takes more', async () => {
    await using me = await client({ script: wait })
    const id = await me.submit()
    me.server.killWorker()
    const next = await me.submit()
    await me.post(`/api/jobs/${id}/cancel`)
    expect(await me.get(`/discomfort/jobs/${id}`)).toMatchObject({ state: 'running', worker: false })
    expect(await me.get(`/discomfort/jobs/${next}`)).toMatchObject({ state: 'pending', worker: false })
  })

  it('comes back at the same address as another process that knows nothing', async () => {
    await using me = await client()
    const id = await me.submit()
    await me.ended(id)
    const before = me.server.instance
    await me.server.restart(async () => {
      await expect(fetch(`${me.server.url}/queue`)).rejects.toThrow('fetch failed')
    })
    expect(await me.get(`/history/${id}`)).toEqual({})
    expect(me.server.instance).not.toBe(before)
    await until(() => !me.isOpen())
    expect(await me.get(`/discomfort/jobs/${id}`)).toMatchObject({ state: 'unknown', instance: me.server.instance })
  })
})

describe('what a job shows while it runs', () => {
  const script = (job: FakeJob) => {
    job.preview('5', Uint8Array.of(7), 'image/png')
    job.text('5', 'half way')
    job.progress('5', 1, 2)
    job.outOfMemory('1')
  }

  it('names its node for clients that asked for that first', async () => {
    await using me = await client({ script })
    await until(() => typesOf(me.messages).includes('feature_flags'))
    const id = await me.submit()
    await until(() => me.messages.at(-1)?.data['node'] === null)
    const [preview, text] = me.frames as [Buffer, Buffer]
    expect([preview.readUInt32BE(0), text.readUInt32BE(0)]).toEqual([4, 3])
    expect(JSON.parse(preview.toString('utf8', 8, 8 + preview.readUInt32BE(4)))).toMatchObject({ prompt_id: id })
    expect(text.toString('utf8', 8)).toBe('5half way')
    expect(me.messages.find(({ type }) => type === 'execution_error')?.data).toMatchObject({
      exception_type: 'torch.OutOfMemoryError',
    })
  })

  it('does not for others', async () => {
    await using me = await client({ script }, false)
    await me.submit()
    await until(() => me.frames.length === 2)
    expect([...(me.frames[0] as Buffer)]).toEqual([0, 0, 0, 1, 0, 0, 0, 2, 7])
  })
})
