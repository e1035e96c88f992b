import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { node } from '../real/support/prompts.ts'
import { until } from '../support/until.ts'
import { plainClient, type PlainClient } from './plain-client.ts'

/** No two are the same, so that the cache of a server has none of them. */
let fresh = Math.floor(Math.random() * 1e9)
const show = (...source: readonly [string, number]) => node('PreviewAny', { source })
const quick = (value: number): Prompt => ({ 1: node('PrimitiveInt', { value }), 2: show('1', 0) })
/** Runs for minutes, and can be interrupted. */
const slow = (): Prompt => ({ 1: node('TestSlow', { steps: 10_000, seed: (fresh += 1) }), 2: show('1', 0) })
const typesOf = (client: PlainClient, id: string) => client.about(id).map(({ type }) => type)
const idsOf = (items: unknown) => (items as unknown[][]).map(([, id]) => id)

/** How every ComfyUI behaves towards a client of its plain API: real ones and the fake one. */
export function comfyUIContract(server: () => string): void {
  const open = () => plainClient(server())
  /** Has the server busy with a job that somebody else submitted. */
  const hold = async (): Promise<AsyncDisposable & { readonly id: string }> => {
    const client = await open()
    const id = await client.submit(slow())
    await until(() => typesOf(client, id).includes('execution_start'))
    return {
      id,
      async [Symbol.asyncDispose]() {
        await client.post(`/api/jobs/${id}/cancel`)
        await client.ended(id)
        await client[Symbol.asyncDispose]()
      },
    }
  }

  describe('a job', () => {
    it('is told to its submitter from its start to its end, and stands in history when nothing runs any more', async () => {
      await using me = await open()
      const id = await me.submit(quick((fresh += 1)))
      await me.told(id)
      const entry = (await me.get(`/history/${id}`))[id]
      expect(entry).toMatchObject({
        outputs: { 2: { text: [`${fresh}`] } },
        status: { status_str: 'success', completed: true },
      })
      const types = typesOf(me, id).filter((type) => type !== 'progress_state')
      expect(types.filter((type) => type !== 'executing')).toEqual([
        'execution_start',
        'execution_cached',
        'executed',
        'execution_success',
      ])
      expect(types.at(-1)).toBe('executing')
      const executed = me.about(id).find(({ type }) => type === 'executed')
      expect(executed?.data).toMatchObject({ node: '2', display_node: '2', output: { text: [`${fresh}`] } })
    })

    it('is told to nobody else, and without a client id to nobody at all', async () => {
      await using me = await open()
      await using other = await open()
      const mine = await me.submit(quick((fresh += 1)))
      const nobodys = await me.submit(quick((fresh += 1)), { client_id: undefined })
      await me.ended(mine)
      await me.ended(nobodys)
      expect(other.about(mine)).toEqual([])
      // Newer releases tell the progress of a job that is nobody's to all.
      expect(typesOf(other, nobodys).filter((type) => type !== 'progress_state')).toEqual([])
    })

    it('goes on when its socket is lost, and history tells its end', async () => {
      await using me = await open()
      await using held = await hold()
      const id = await me.submit(quick((fresh += 1)))
      me.drop()
      await held[Symbol.asyncDispose]()
      expect(await me.ended(id)).toMatchObject({ status: { completed: true } })
    })

    it('that is posted twice under one id is queued twice', async () => {
      await using me = await open()
      await using held = await hold()
      const id = await me.submit(quick((fresh += 1)))
      await me.submit(quick(fresh), { prompt_id: id })
      const queue = await me.get('/queue')
      expect(idsOf(queue['queue_running'])).toEqual([held.id])
      expect(idsOf(queue['queue_pending'])).toEqual([id, id])
      await me.post('/queue', { clear: true })
    })

    it('waits in its order, and is removed without a word', async () => {
      await using me = await open()
      await using _held = await hold()
      const ids = [await me.submit(quick(1)), await me.submit(quick(2)), await me.submit(quick(3))]
      expect(idsOf((await me.get('/queue'))['queue_pending'])).toEqual(ids)
      await me.post('/queue', { delete: [ids[1]] })
      expect(idsOf((await me.get('/queue'))['queue_pending'])).toEqual([ids[0], ids[2]])
      expect(await me.get(`/history/${ids[1]}`)).toEqual({})
      expect(me.about(ids[1] as string)).toEqual([])
      await me.post('/queue', { clear: true })
      expect(idsOf((await me.get('/queue'))['queue_pending'])).toEqual([])
    })
  })

  describe('a cancel', () => {
    const cancel = async (me: PlainClient, id: string) => (await me.post(`/api/jobs/${id}/cancel`)).json()

    it('of a running job interrupts it, which looks like a failure but for its message', async () => {
      await using me = await open()
      const id = await me.submit(slow())
      await until(() => typesOf(me, id).includes('executing'))
      expect(await cancel(me, id)).toEqual({ cancelled: true })
      await me.told(id)
      expect(typesOf(me, id)).toContain('execution_interrupted')
      expect(typesOf(me, id)).not.toContain('execution_success')
      const { status } = await me.ended(id)
      expect(status).toMatchObject({ status_str: 'error', completed: false })
      expect(status.messages.map(([type]) => type)).toContain('execution_interrupted')
      expect(await cancel(me, id)).toEqual({ cancelled: false })
    })

    it('of a waiting one takes it out of the queue without a word', async () => {
      await using me = await open()
      await using _held = await hold()
      const id = await me.submit(quick(1))
      expect(await cancel(me, id)).toEqual({ cancelled: true })
      expect(idsOf((await me.get('/queue'))['queue_pending'])).toEqual([])
      expect(await me.get(`/history/${id}`)).toEqual({})
      expect(me.about(id)).toEqual([])
    })

    it('of one that nobody knows does nothing', async () => {
      await using me = await open()
      expect(await cancel(me, randomUUID())).toEqual({ cancelled: false })
    })

    it('by an interrupt that names another job leaves the running one alone', async () => {
      await using me = await open()
      const id = await me.submit(slow())
      await until(() => typesOf(me, id).includes('executing'))
      await me.post('/interrupt', { prompt_id: randomUUID() })
      expect(idsOf((await me.get('/queue'))['queue_running'])).toEqual([id])
      await me.post('/interrupt', { prompt_id: id })
      expect(await me.ended(id)).toMatchObject({ status: { completed: false } })
    })
  })

  describe('a prompt', () => {
    interface Refusal {
      readonly error: { readonly type: string }
      readonly node_errors: unknown
    }
    const refusal = async (body: object): Promise<Refusal> => {
      await using me = await open()
      const response = await me.post('/prompt', body)
      expect(response.status).toBe(400)
      return (await response.json()) as Refusal
    }
    const typeOf = async (body: object) => (await refusal(body)).error.type

    it('that cannot be run at all is refused with its reason', async () => {
      expect(await typeOf({})).toBe('no_prompt')
      expect(await typeOf({ prompt: quick(1), prompt_id: 'mine' })).toBe('invalid_prompt_id')
      expect(await typeOf({ prompt: { 1: node('PrimitiveInt', { value: 1 }) } })).toBe('prompt_no_outputs')
      const missing = await refusal({ prompt: { ...quick(1), 3: node('NoSuchClass') } })
      expect(missing).toMatchObject({ error: { type: 'missing_node_type' }, node_errors: {} })
    })

    it('whose inputs do not pass is refused with the nodes, their inputs and the outputs that need them', async () => {
      const told = async (inputs: object) =>
        refusal({ prompt: { 1: node('TestInt', inputs as Record<string, unknown>), 2: show('1', 0) } })
      const errorsOf = (type: string) => ({
        error: { type: 'prompt_outputs_failed_validation' },
        node_errors: {
          1: {
            class_type: 'TestInt',
            dependent_outputs: ['2'],
            errors: [{ type, extra_info: { input_name: 'value' } }],
          },
        },
      })
      expect(await told({})).toMatchObject(errorsOf('required_input_missing'))
      expect(await told({ value: -1 })).toMatchObject(errorsOf('value_smaller_than_min'))
      expect(await told({ value: 2 ** 65 })).toMatchObject(errorsOf('value_bigger_than_max'))
    })

    it('of which one output passes is taken with the errors of the others, and runs that one', async () => {
      await using me = await open()
      const id = randomUUID()
      const prompt = { ...quick((fresh += 1)), 3: node('TestInt', { value: -1 }), 4: show('3', 0) }
      const response = await me.post('/prompt', { prompt, prompt_id: id, client_id: me.id })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ prompt_id: id, node_errors: { 3: { class_type: 'TestInt' } } })
      const { outputs, status } = await me.ended(id)
      expect(Object.keys(outputs)).toEqual(['2'])
      expect(status.completed).toBe(true)
    })
  })

  describe('a node', () => {
    it('that raises ends the job, with where and what, on the socket and in history', async () => {
      await using me = await open()
      const id = await me.submit({ 1: node('TestFail', { message: `broke ${(fresh += 1)}` }), 2: show('1', 0) })
      await me.told(id)
      const error = {
        node_id: '1',
        node_type: 'TestFail',
        exception_type: 'ValueError',
        exception_message: `broke ${fresh}\n`,
        traceback: expect.any(Array) as unknown,
      }
      expect(me.about(id).find(({ type }) => type === 'execution_error')?.data).toMatchObject(error)
      const { status } = await me.ended(id)
      expect(status).toMatchObject({ status_str: 'error', completed: false })
      expect(new Map(status.messages).get('execution_error')).toMatchObject(error)
    })

    it.each([
      ['silently', ''],
      ['with a message, which is an error on the socket alone', 'because'],
    ])('that blocks its output %s lets the job go on', async (_how, message) => {
      await using me = await open()
      const id = await me.submit({
        1: node('PrimitiveInt', { value: (fresh += 1) }),
        2: node('TestBlock', { value: ['1', 0], block: true, message }),
        3: show('2', 0),
        4: show('1', 0),
      })
      await me.told(id)
      const errors = me.about(id).filter(({ type }) => type === 'execution_error')
      expect(errors.map(({ data }) => data['exception_type'])).toEqual(message ? ['ExecutionBlocked'] : [])
      expect(typesOf(me, id)).toContain('execution_success')
      const { outputs, status } = await me.ended(id)
      expect(Object.keys(outputs)).toEqual(['4'])
      expect(status).toMatchObject({ status_str: 'success', completed: true })
    })
  })

  it('what is not there is told as such', async () => {
    await using me = await open()
    expect(await me.get(`/history/${randomUUID()}`)).toEqual({})
    expect((await fetch(`${server()}/api/jobs/${randomUUID()}`)).status).toBe(404)
    expect((await fetch(`${server()}/no/such/route`)).status).toBe(404)
  })
}

/** How the pack behaves on a ComfyUI: the real one and the fake one. */
export function packContract(server: () => string): void {
  const submit = '/discomfort/submit'
  const note = () => ({ discomfort: { v: 1, context: randomUUID(), reads: [], digests: {}, ram: 0, forget: [] } })

  describe('the pack', () => {
    it('tells of itself', async () => {
      const answer = await (await fetch(`${server()}/discomfort/handshake`)).json()
      expect(answer).toMatchObject({
        v: 1,
        protocol: 1,
        protocolMin: 1,
        roots: { disk: expect.any(String) as unknown },
      })
    })

    it('takes an id once, and gives the first answer again', async () => {
      await using me = await plainClient(server())
      const body = { prompt: quick((fresh += 1)), prompt_id: randomUUID(), client_id: me.id, ...note() }
      const answers = [await me.post(submit, body), await me.post(submit, body)]
      const texts = await Promise.all(answers.map((answer) => answer.text()))
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      expect(texts[0]).toBe(texts[1])
      await me.told(body.prompt_id)
      await me.post(submit, body)
      const last = await me.submit(quick((fresh += 1)), note(), submit)
      await me.told(last)
      expect(typesOf(me, body.prompt_id).filter((type) => type === 'execution_start')).toHaveLength(1)
    })

    it('refuses what ComfyUI refuses, in the same form', async () => {
      await using me = await plainClient(server())
      const prompt = { 1: node('NoSuchClass'), 2: show('1', 0) }
      const response = await me.post(submit, { prompt, prompt_id: randomUUID(), ...note() })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { type: 'missing_node_type' }, node_errors: {} })
    })
  })
}

/** How the pack follows and cancels single jobs. */
export function packJobsContract(server: () => string): void {
  const tell = async (id: string, route = '') => {
    const method = route === '' ? 'GET' : 'POST'
    return (await (await fetch(`${server()}/discomfort/jobs/${id}${route}`, { method })).json()) as object
  }

  describe('the pack, asked for a job', () => {
    it('tells where it is, and ends exactly that one', async () => {
      await using me = await plainClient(server())
      const ids = [await me.submit(slow()), await me.submit(quick(1)), await me.submit(quick(2))] as const
      await until(() => typesOf(me, ids[0]).includes('executing'))
      expect(await tell(ids[0])).toMatchObject({ v: 1, id: ids[0], state: 'running', position: null, worker: true })
      expect(await tell(ids[1])).toMatchObject({ state: 'pending', position: 1 })
      expect(await tell(ids[2])).toMatchObject({ state: 'pending', position: 2 })
      expect(await tell(ids[1], '/cancel')).toMatchObject({ state: 'refused' })
      expect(await tell(ids[2])).toMatchObject({ state: 'pending', position: 1 })
      expect(await tell(ids[0], '/cancel')).toMatchObject({ v: 1, id: ids[0], worker: true })
      await me.told(ids[2])
      expect(await tell(ids[0])).toMatchObject({ state: 'ended' })
      expect(await tell(ids[2])).toMatchObject({ state: 'ended', position: null })
      expect(typesOf(me, ids[0])).toContain('execution_interrupted')
      expect(me.about(ids[1])).toEqual([])
    })

    it('refuses one that was cancelled before it came', async () => {
      await using me = await plainClient(server())
      const id = randomUUID()
      expect(await tell(id)).toMatchObject({ state: 'unknown' })
      expect(await tell(id, '/cancel')).toMatchObject({ state: 'refused' })
      const note = { v: 1, context: randomUUID(), reads: [], digests: {}, ram: 0, forget: [] }
      const response = await me.post('/discomfort/submit', { prompt: quick(1), prompt_id: id, discomfort: note })
      expect(response.status).toBe(409)
      expect(await response.json()).toMatchObject({ error: { type: 'discomfort_refused' } })
    })

    it('sends its messages to whoever follows it, after its socket was lost', async () => {
      await using first = await plainClient(server())
      await using second = await plainClient(server())
      const id = await first.submit(slow())
      await until(() => typesOf(first, id).includes('executing'))
      first.drop()
      const response = await second.post('/discomfort/follow', { v: 1, client_id: second.id, ids: [id, randomUUID()] })
      expect(await response.json()).toEqual({ v: 1, followed: [id] })
      await tell(id, '/cancel')
      await until(() => typesOf(second, id).includes('execution_interrupted'))
    })

    it('tells with each submit which process it is', async () => {
      await using me = await plainClient(server())
      const note = { v: 1, context: randomUUID(), reads: [], digests: {}, ram: 0, forget: [] }
      const body = { prompt: quick(1), prompt_id: randomUUID(), client_id: me.id, discomfort: note }
      const { headers } = await me.post('/discomfort/submit', body)
      expect(await tell(body.prompt_id)).toMatchObject({ instance: headers.get('x-discomfort-instance') })
      await me.told(body.prompt_id)
    })
  })
}
