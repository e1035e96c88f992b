import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ComfyConnector } from '../../../src/server/connector.ts'
import type { ServerMessage } from '../../../src/server/jobs/socket.ts'
import { failure } from '../../support/failure.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'
import { attach, note, prompt } from '../../support/attach-job.ts'
import { until } from '../../support/until.ts'

describe('a job', () => {
  it('ends with what its nodes gave, and tells all on the way', async () => {
    await using there = await attach({
      script(job) {
        job.tell('executing', { node: '1' })
        job.output('2', { images: [{ filename: 'a.png', subfolder: '', type: 'output' }] })
        job.succeed()
      },
    })
    const heard: ServerMessage[] = []
    const end = await there.run({ onMessage: (message) => heard.push(message) })
    expect(end).toMatchObject({ kind: 'success' })
    expect(end.kind === 'success' && [...end.outputs.keys()]).toEqual(['2'])
    expect(heard.map(({ type }) => type)).toEqual(['execution_start', 'executing', 'executed', 'execution_success'])
    expect(there.comfy.state).toBe('ready')
    expect(there.server.submitted).toMatchObject([{ prompt, clientId: there.comfy.clientId }])
  })

  it('is told apart from others on the same socket', async () => {
    await using there = await attach({
      script(job) {
        job.output('2', { text: [job.promptId] })
        job.succeed()
      },
    })
    const ids = [randomUUID(), randomUUID(), randomUUID()]
    const ends = await Promise.all(ids.map((promptId) => there.run({ promptId })))
    expect(ends.map((end) => end.kind === 'success' && end.outputs.get('2'))).toEqual(ids.map((id) => ({ text: [id] })))
    expect(there.server.openSockets).toBe(1)
  })

  it('whose first messages come before the answer to its submit is heard from the beginning', async () => {
    const heard: string[] = []
    await using there = await attach({
      async script(job) {
        await until(() => heard.length > 0)
        job.succeed()
      },
    })
    await there.run({ onQueued: () => heard.push('queued'), onMessage: ({ type }) => heard.push(type) })
    expect(heard.toSorted()).toEqual(['execution_start', 'execution_success', 'queued'])
  })

  it('that fails says where', async () => {
    await using there = await attach({ script: (job) => job.fail({ node: '1', message: 'no such model' }) })
    expect(await there.run()).toMatchObject({
      kind: 'failed',
      error: { node_id: '1', node_type: 'Load', exception_type: 'ValueError', exception_message: 'no such model\n' },
    })
  })

  it('goes on after a blocked branch, although the server calls that an error', async () => {
    await using there = await attach({
      script(job) {
        const blocked = { node_id: '1', node_type: 'Load', exception_message: 'Blocked', traceback: [] }
        job.tell('execution_error', { ...blocked, exception_type: 'ExecutionBlocked' })
        job.output('2', { text: ['here'] })
        job.succeed()
      },
    })
    const end = await there.run()
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['here'] })
  })

  it('that somebody interrupts ends as interrupted', async () => {
    await using there = await attach({ script: (job) => job.interrupted() })
    expect(await there.run()).toEqual({ kind: 'interrupted' })
  })

  it('sends integers of any size with all digits', async () => {
    const bodies: string[] = []
    await using there = await attach({
      intercept: ({ path, body }) => {
        if (path === '/prompt') bodies.push(body)
        return undefined
      },
    })
    const big = { 1: { class_type: 'Load', inputs: { seed: 18446744073709551615n } } }
    await there.run({ prompt: big })
    expect(bodies[0]).toContain('"seed":18446744073709551615')
  })
})

describe.concurrent('a job whose socket fails', () => {
  it('is found in history when the socket drops', async () => {
    await using there = await attach({
      script(job) {
        there.server.dropSockets()
        job.output('2', { text: ['made'] })
        job.succeed()
      },
    })
    const end = await there.run()
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['made'] })
  })

  it('is found in history when it failed or was interrupted meanwhile', async () => {
    await using failing = await attach({
      script(job) {
        failing.server.dropSockets()
        job.fail({ node: '1' })
      },
    })
    expect(await failing.run()).toMatchObject({ kind: 'failed', error: { node_id: '1' } })
    await using stopped = await attach({
      script(job) {
        stopped.server.dropSockets()
        job.interrupted()
      },
    })
    expect(await stopped.run()).toEqual({ kind: 'interrupted' })
  })

  it('is found in history when the socket stays open and says nothing', async () => {
    await using there = await attach({
      script(job) {
        job.output('2', { text: ['made'] })
        job.succeed('quietly')
      },
    })
    const end = await there.run()
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['made'] })
  })

  it('does not trouble the next one, which gets a socket with a new id', async () => {
    await using there = await attach()
    const before = there.comfy.clientId
    await there.run()
    there.server.dropSockets()
    await until(() => there.comfy.clientId !== before)
    await there.run()
    expect(there.server.submitted.map(({ clientId }) => clientId)).toEqual([before, there.comfy.clientId])
  })

  it('is given up when it leaves the queue without an end', async () => {
    await using there = await attach({ script: (job) => job.vanish() })
    const { details, message } = await failure('ABORTED', there.run())
    expect(details.reason).toBe('removed from the queue')
    expect(message).toContain('vanished')
  })

  it('is given up when the server is gone', async () => {
    const server = await fakeComfyUI({ script: () => undefined })
    await using comfy = await ComfyConnector.create({ server: server.url })
    const run = comfy.runJob({ promptId: randomUUID(), prompt })
    await until(() => server.submitted.length === 1)
    await server[Symbol.asyncDispose]()
    await failure('SERVER_UNREACHABLE', run)
  })
})

describe.concurrent('an answer to a submit that is lost', () => {
  it('is asked for again under the same id with the pack, which runs it once', async () => {
    await using there = await attach({ faults: { loseAnswers: 2 } })
    expect(await there.run({ note })).toMatchObject({ kind: 'success' })
    expect(there.server.submitted).toHaveLength(1)
    expect(there.server.requests.filter((request) => request === 'POST /discomfort/submit')).toHaveLength(3)
  })

  it('is looked up without the pack, and the prompt is not sent again', async () => {
    await using there = await attach({ pack: false, faults: { loseAnswers: 1 }, script: (job) => job.cancelled })
    const promptId = randomUUID()
    const controller = new AbortController()
    const run = there.run({ promptId, signal: controller.signal, onQueued: () => controller.abort() })
    await until(() => there.server.requests.includes(`POST /api/jobs/${promptId}/cancel`))
    expect(there.server.submitted).toHaveLength(1)
    await there.comfy.shutdown()
    await failure('CLOSED', run)
  })

  it('of a job that is over already is found in history', async () => {
    await using there = await attach({ pack: false, faults: { loseAnswers: 1 } })
    expect(await there.run()).toMatchObject({ kind: 'success' })
    expect(there.server.submitted).toHaveLength(1)
  })

  it('is an error where the server knows nothing of the prompt, and it is not sent again', async () => {
    await using there = await attach({
      pack: false,
      intercept: ({ path }) => (path === '/prompt' ? 'lost' : undefined),
    })
    const promptId = randomUUID()
    const { details, cause } = await failure('SUBMIT_UNKNOWN', there.run({ promptId }))
    expect(details).toEqual({ promptId })
    expect(cause).toMatchObject({ code: 'SERVER_UNREACHABLE' })
    expect(there.server.requests.filter((request) => request === 'POST /prompt')).toHaveLength(1)
  })
})

describe('a prompt that the server refuses', () => {
  it('wholly is an error with what the server says of each node', async () => {
    const inner = {
      type: 'value_not_in_list',
      message: 'Value not in list',
      details: "ckpt_name: 'b' not in ['a']",
      extra_info: { input_name: 'ckpt_name' },
    }
    await using there = await attach({
      intercept: ({ path }) =>
        path === '/prompt'
          ? {
              status: 400,
              body: {
                error: {
                  type: 'prompt_outputs_failed_validation',
                  message: 'Prompt outputs failed validation',
                  details: '',
                  extra_info: {},
                },
                node_errors: { 1: { errors: [inner], dependent_outputs: ['2'], class_type: 'Load' } },
              },
            }
          : undefined,
    })
    const { details, message } = await failure('PROMPT_REJECTED', there.run())
    expect(details).toMatchObject({
      reason: 'Prompt outputs failed validation',
      type: 'prompt_outputs_failed_validation',
      nodes: [{ node: '1', title: 'The model', classType: 'Load', errors: [{ input: 'ckpt_name' }] }],
    })
    expect(message).toContain(`"The model" (Load, node 1), input ckpt_name: Value not in list: ckpt_name: 'b'`)
    expect(there.comfy.state).toBe('ready')
  })

  it('in part is cancelled before the error is raised', async () => {
    const told: string[] = []
    await using there = await attach({
      faults: {
        nodeErrors: {
          2: { errors: [{ type: 'bad_linked_input', message: 'Bad link', details: '' }], class_type: 'Save' },
        },
      },
      async script(job) {
        await job.cancelled
        told.push('cancelled')
        job.interrupted()
      },
    })
    const { details } = await failure('PROMPT_REJECTED', there.run({ onQueued: () => told.push('queued'), note }))
    expect(details).toMatchObject({
      reason: 'some of its nodes do not pass',
      nodes: [{ node: '2', title: 'Save', errors: [{ type: 'bad_linked_input', message: 'Bad link' }] }],
    })
    expect(told).toEqual(['cancelled'])
  })
})

describe('cancelling', () => {
  it('ends exactly one job, and what it ended with is the answer', async () => {
    await using there = await attach({
      async script(job) {
        await job.cancelled
        job.interrupted()
      },
    })
    const controller = new AbortController()
    const queued: string[] = []
    const first = there.run({ signal: controller.signal, onQueued: () => queued.push('first') })
    await until(() => queued.length === 1)
    const second = there.run({ onQueued: () => queued.push('second') })
    await until(() => queued.length === 2)
    expect(there.comfy.state).toBe('busy')
    controller.abort()
    expect(await first).toEqual({ kind: 'interrupted' })
    await there.comfy.interrupt(there.server.submitted[1]?.promptId as string)
    expect(await second).toEqual({ kind: 'interrupted' })
  })

  it('is repeated where the server says yes and goes on', async () => {
    let asked = 0
    const controller = new AbortController()
    await using there = await attach({
      intercept: ({ path }) => {
        if (!path.endsWith('/cancel')) return undefined
        asked += 1
        return asked < 2 ? { status: 200, body: { cancelled: true } } : undefined
      },
      async script(job) {
        controller.abort()
        await job.cancelled
        job.interrupted()
      },
    })
    expect(await there.run({ signal: controller.signal })).toEqual({ kind: 'interrupted' })
    expect(asked).toBe(2)
  })

  it('that comes too late changes nothing', async () => {
    const controller = new AbortController()
    await using there = await attach({
      async script(job) {
        controller.abort()
        await job.cancelled
        job.succeed()
      },
    })
    expect(await there.run({ signal: controller.signal })).toMatchObject({ kind: 'success' })
  })

  it('uses the queue and the interrupt of older servers, which name the job', async () => {
    const bodies: string[] = []
    const controller = new AbortController()
    await using there = await attach({
      pack: false,
      intercept: ({ path, body }) => {
        if (path.startsWith('/api/')) return { status: 404, body: 'Not Found' }
        if (body && (path === '/queue' || path === '/interrupt')) bodies.push(`${path} ${body}`)
        return undefined
      },
      async script(job) {
        controller.abort()
        await job.cancelled
        job.interrupted()
      },
    })
    const promptId = randomUUID()
    expect(await there.run({ promptId, signal: controller.signal })).toEqual({ kind: 'interrupted' })
    expect(bodies).toEqual([`/queue {"delete":["${promptId}"]}`, `/interrupt {"prompt_id":"${promptId}"}`])
  })

  it('before the job was sent sends nothing', async () => {
    await using there = await attach()
    await expect(there.run({ signal: AbortSignal.abort('no more') })).rejects.toBe('no more')
    expect(there.server.submitted).toEqual([])
  })
})

describe('previews', () => {
  it('come with their node and kind, whatever other frames come between', async () => {
    const frames: unknown[] = []
    await using there = await attach({
      async script(job) {
        job.frame(Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 9]))
        job.frame(Buffer.from([0, 0]))
        job.frame(Buffer.from([0, 0, 0, 4, 255, 255, 255, 255, 1]))
        job.frame(previewFrame({ prompt_id: job.promptId, node_id: '5', image_type: 'image/png' }, 7))
        job.frame(previewFrame({ prompt_id: job.promptId, node_id: '5.0', display_node_id: '5' }, 8))
        job.frame(previewFrame({ prompt_id: 'another', node_id: '5' }, 9))
        await until(() => frames.length === 2)
        job.succeed()
      },
    })
    const promptId = randomUUID()
    await there.run({ promptId, onPreview: (frame) => frames.push(frame) })
    expect(frames).toEqual([
      { kind: 'preview', promptId, node: '5', mediaType: 'image/png', bytes: Uint8Array.of(7) },
      { kind: 'preview', promptId, node: '5', mediaType: 'image/jpeg', bytes: Uint8Array.of(8) },
    ])
  })
})

function previewFrame(about: object, ...picture: number[]): Buffer {
  const text = Buffer.from(JSON.stringify(about))
  const head = Buffer.alloc(8)
  head.writeUInt32BE(4, 0)
  head.writeUInt32BE(text.length, 4)
  return Buffer.concat([head, text, Buffer.from(picture)])
}
