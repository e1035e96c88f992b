import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { runJob } from '../../../src/server/jobs/run-job.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'
import type { FakeJob } from '../../../src/testing/fake-job.ts'
import { attach, jobServer, note, prompt } from '../../support/attach-job.ts'
import { failure } from '../../support/failure.ts'
import { until } from '../../support/until.ts'

const wait = async (job: FakeJob) => {
  await job.cancelled
  job.interrupted()
}

describe.concurrent('a cancel while the submit is under way', () => {
  it('is told to the pack, which refuses the job should it still come', async () => {
    const controller = new AbortController()
    await using there = await attach({
      intercept({ path }) {
        if (path !== '/discomfort/submit' || controller.signal.aborted) return undefined
        controller.abort()
        return 'none'
      },
    })
    const promptId = randomUUID()
    expect(await there.run({ promptId, note, signal: controller.signal })).toEqual({ kind: 'interrupted' })
    const { details } = await failure('ABORTED', there.run({ promptId, note }))
    expect(details.reason).toBe('cancelled before it came')
    expect(there.server.submitted).toEqual([])
  })

  it('ends a job that runs already, although the answer to its submit has not come', async () => {
    const controller = new AbortController()
    let isAnswered = false
    await using there = await attach({
      faults: { delayAnswers: 1000 },
      async script(job) {
        there.server.faults.delayAnswers = 0
        controller.abort()
        await wait(job)
      },
    })
    const onQueued = () => {
      isAnswered = true
    }
    expect(await there.run({ note, signal: controller.signal, onQueued })).toEqual({ kind: 'interrupted' })
    expect(isAnswered).toBe(false)
  })

  it('waits for the answer where nobody could refuse the job, and cancels it then', async () => {
    const controller = new AbortController()
    await using there = await attach({
      pack: false,
      faults: { delayAnswers: 100 },
      async script(job) {
        there.server.faults.delayAnswers = 0
        controller.abort()
        expect(there.server.requests.some((asked) => asked.includes('cancel'))).toBe(false)
        await wait(job)
      },
    })
    expect(await there.run({ signal: controller.signal })).toEqual({ kind: 'interrupted' })
    expect(there.server.requests.filter((asked) => asked.includes('cancel')).length).toBeGreaterThan(0)
  })

  it('says that nothing is known where no answer comes either', async () => {
    const controller = new AbortController()
    await using server = await fakeComfyUI({
      pack: false,
      intercept({ path }) {
        if (path !== '/prompt') return undefined
        controller.abort()
        return 'none'
      },
    })
    using impatient = jobServer(server.url, 50)
    const run = runJob(impatient, { promptId: randomUUID(), prompt, signal: controller.signal })
    const { details, message } = await failure('ABORTED', run)
    expect(details.reason).toBe('no answer to the submit')
    expect(message).toContain(`${server.url}/queue`)
  })
})

describe.concurrent('a cancel of a job that waits', () => {
  it('takes it out of the queue, where it ends without a message, and leaves the running one alone', async () => {
    let isTouched = false
    let first: FakeJob | undefined
    await using there = await attach({
      script(job) {
        first = job
        void job.cancelled.then(() => (isTouched = true))
      },
    })
    const running = there.run({ note })
    await until(() => first)
    const controller = new AbortController()
    const waiting = there.run({ note, signal: controller.signal, onQueued: () => controller.abort() })
    expect(await waiting).toEqual({ kind: 'interrupted' })
    first?.succeed()
    expect(await running).toMatchObject({ kind: 'success' })
    expect(isTouched).toBe(false)
  })

  it('is seen by asking where the pack does not say it', async () => {
    let first: FakeJob | undefined
    await using there = await attach({ pack: false, script: (job) => void (first = job) })
    const running = there.run()
    await until(() => first)
    const controller = new AbortController()
    const promptId = randomUUID()
    const waiting = there.run({ promptId, signal: controller.signal, onQueued: () => controller.abort() })
    await until(() => there.server.requests.includes(`POST /api/jobs/${promptId}/cancel`))
    there.server.dropSockets()
    expect((await failure('ABORTED', waiting)).details.reason).toBe('removed from the queue')
    first?.succeed()
    expect(await running).toMatchObject({ kind: 'success' })
  })
})

describe.concurrent('a cancel that was acknowledged', () => {
  it.each([{}, { pack: false }, { pack: false, lacks: ['/api/jobs'] }] as const)(
    'and did nothing is repeated until the job has ended: %j',
    async (how) => {
      const controller = new AbortController()
      await using there = await attach({ ...how, faults: { loseCancels: 2 }, script: wait })
      const onQueued = () => controller.abort()
      expect(await there.run({ signal: controller.signal, onQueued })).toEqual({ kind: 'interrupted' })
      expect(there.server.faults.loseCancels).toBe(0)
    },
  )
})
