import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { attach, note } from '../../support/attach-job.ts'
import { failure } from '../../support/failure.ts'
import { until } from '../../support/until.ts'

describe.concurrent('a server that comes back as another process', () => {
  it('has lost the jobs of the one before: that is a crash, also where it is not ours', async () => {
    await using there = await attach({ script: () => void there.server.restart() })
    const { message, details } = await failure('SERVER_CRASHED', there.run({ note }))
    expect(details).toEqual({ logTail: [], reason: 'it was restarted' })
    expect(message).toContain('retries')
  })

  it('without the pack cannot say so: the job has vanished', async () => {
    await using there = await attach({ pack: false, script: () => void there.server.restart() })
    const { details } = await failure('ABORTED', there.run())
    expect(details.reason).toBe('removed from the queue')
  })
})

describe.concurrent('a server whose thread for prompts has died', () => {
  it('is found by the first question, and ends all jobs there with what to do', async () => {
    await using there = await attach({
      script() {
        there.server.killWorker()
        there.server.dropSockets()
      },
    })
    const runs = [there.run(), there.run()].map((run) => failure('SERVER_CRASHED', run))
    for (const { message, details } of await Promise.all(runs)) {
      expect(details.reason).toContain('thread that executes prompts has died')
      expect(message).toContain('Restart it')
    }
    expect(there.comfy.state).toBe('ready')
  })
})

describe.concurrent('a job whose socket was lost', () => {
  it('is followed on the new one: its events go on', async () => {
    const heard: unknown[] = []
    await using there = await attach({
      async script(job) {
        job.executing('1')
        await until(() => heard.includes('1'))
        there.server.dropSockets('mid-message')
        await until(() => there.server.requests.includes('POST /discomfort/follow'))
        await until(() => there.server.openSockets === 1)
        job.executing('2')
        await until(() => heard.includes('2'))
        job.output('2', { text: ['made'] })
        job.succeed()
      },
    })
    const before = there.comfy.clientId
    const end = await there.run({ onMessage: ({ data }) => heard.push(data['node']) })
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['made'] })
    expect(there.comfy.clientId).not.toBe(before)
  })

  it('is asked for where the pack cannot have it followed', async () => {
    await using there = await attach({
      lacks: ['/discomfort/jobs', '/discomfort/follow'],
      script(job) {
        there.server.dropSockets()
        job.output('2', { text: ['made'] })
        job.succeed()
      },
    })
    expect(await there.run()).toMatchObject({ kind: 'success' })
    expect(there.server.requests.filter((asked) => asked.includes('/discomfort/jobs/'))).toHaveLength(1)
  })

  it('is done where history says nothing of how it ended', async () => {
    await using there = await attach({
      faults: { nullStatus: true },
      script(job) {
        there.server.dropSockets()
        job.output('2', { text: ['made'] })
        job.succeed()
      },
    })
    const end = await there.run()
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['made'] })
  })

  it.each([{}, { pack: false } as const])(
    'is not given up between its end and its entry in history: %j',
    async (how) => {
      await using there = await attach({
        ...how,
        faults: { lateHistory: 1000, withhold: ['execution_success'] },
        script(job) {
          there.server.dropSockets()
          job.output('2', { text: ['made'] })
          job.succeed()
        },
      })
      expect(await there.run()).toMatchObject({ kind: 'success' })
    },
  )

  it('is given up where history has forgotten it', async () => {
    await using there = await attach({
      faults: { emptyHistory: true },
      script(job) {
        there.server.dropSockets()
        job.succeed()
      },
    })
    const { message } = await failure('ABORTED', there.run())
    expect(message).toContain('vanished')
  })

  it('does not take an answer about another job for its own', async () => {
    let asked = 0
    await using there = await attach({
      intercept({ path }) {
        if (!path.startsWith('/discomfort/jobs/') || (asked += 1) > 1) return undefined
        const body = { v: 1, id: randomUUID(), instance: randomUUID(), state: 'refused', position: null, worker: false }
        return { status: 200, body }
      },
      script(job) {
        there.server.dropSockets()
        job.succeed()
      },
    })
    expect(await there.run()).toMatchObject({ kind: 'success' })
    expect(asked).toBeGreaterThan(0)
  })
})

describe.concurrent('a socket', () => {
  it('that is open and mute is opened anew, and the next job hears again', async () => {
    await using there = await attach({ faults: { sockets: 'mute' } })
    const before = there.comfy.clientId
    expect(await there.run({ note })).toMatchObject({ kind: 'success' })
    await until(() => there.comfy.clientId !== before)
    there.server.faults.sockets = undefined
    const heard: string[] = []
    await there.run({ onMessage: ({ type }) => heard.push(type) })
    expect(heard).toContain('execution_success')
  })

  it('that cannot be opened is done without: the end is asked for', async () => {
    await using there = await attach({
      faults: { sockets: 'refused' },
      script(job) {
        job.output('2', { text: ['made'] })
        job.succeed()
      },
    })
    const heard: unknown[] = []
    const end = await there.run({ onMessage: (message) => heard.push(message) })
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['made'] })
    expect(heard).toEqual([])
    expect(there.server.submitted).toHaveLength(1)
  })

  it('that closes as soon as it is open does not keep a job from its end', async () => {
    await using there = await attach({ faults: { sockets: 'closed' } })
    expect(await there.run({ note })).toMatchObject({ kind: 'success' })
  })

  it('whose messages come late brings all of them', async () => {
    await using there = await attach({
      faults: { delayMessages: 100 },
      script(job) {
        job.output('2', { text: ['made'] })
        job.succeed()
      },
    })
    const end = await there.run()
    expect(end.kind === 'success' && end.outputs.get('2')).toEqual({ text: ['made'] })
  })

  it('says which node a preview is of, since it asks for that with its first message', async () => {
    const frames: unknown[] = []
    await using there = await attach({
      async script(job) {
        job.preview('2', Uint8Array.of(7))
        await until(() => frames.length > 0)
        job.succeed()
      },
    })
    await there.run({ onPreview: ({ node, bytes }) => frames.push([node, ...bytes]) })
    expect(frames).toEqual([['2', 7]])
  })
})
