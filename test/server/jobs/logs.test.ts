import { describe, expect, it } from 'vitest'
import type { FakeJob } from '../../../src/testing/fake-job.ts'
import { attach } from '../../support/attach-job.ts'
import { until } from '../../support/until.ts'

function print(job: FakeJob, text: string): void {
  job.tell('logs', { prompt_id: undefined, entries: [{ t: '', m: text }] })
}

describe('lines of the log', () => {
  it('are asked for once, and again under the id of another socket', async () => {
    const asked: unknown[] = []
    const lines: string[] = []
    await using there = await attach({
      intercept({ path, body }) {
        if (path !== '/internal/logs/subscribe') return undefined
        asked.push(JSON.parse(body))
        return { status: 200, body: '' }
      },
      async script(job) {
        if (lines.length === 0) {
          print(job, 'before')
          await until(() => lines.length === 1)
          there.server.dropSockets()
          await until(() => asked.length === 2)
          print(job, 'after')
          await until(() => lines.length === 2)
        }
        job.succeed()
      },
    })
    const before = there.comfy.clientId
    await there.run({ onLog: (line) => lines.push(line) })
    await there.run({ onLog: (line) => lines.push(line) })
    expect(lines).toEqual(['before', 'after'])
    expect(asked).toEqual([before, there.comfy.clientId].map((clientId) => ({ clientId, enabled: true })))
  })

  it('go to each job that runs, since the server does not say whose they are', async () => {
    const heard: string[] = []
    await using there = await attach({
      intercept: ({ path }) => (path === '/internal/logs/subscribe' ? { status: 404, body: '' } : undefined),
      async script(job) {
        print(job, `of ${there.server.submitted.findIndex(({ promptId }) => promptId === job.promptId)}`)
        job.succeed()
      },
    })
    await Promise.all([0, 1].map((index) => there.run({ onLog: (line) => heard.push(`${index}: ${line}`) })))
    expect(heard.toSorted()).toEqual(['0: of 0', '1: of 1'])
  })

  it('are not lost where they come before the answer to the asking', async () => {
    await using there = await attach({
      intercept({ path }) {
        if (path !== '/internal/logs/subscribe') return undefined
        there.server.sendFrame(JSON.stringify({ type: 'logs', data: { entries: [{ m: 'at once' }] } }))
        return { status: 200, body: '' }
      },
    })
    expect((await there.comfy.logs().next()).value).toMatchObject({ text: 'at once' })
  })

  it('are a stream of the connector, with levels, also while no job runs and over a lost socket', async () => {
    await using there = await attach()
    const lines = there.comfy.logs()
    const first = lines.next()
    await until(() => there.server.requests.includes('PATCH /internal/logs/subscribe'))
    const send = (m: string) => there.server.sendFrame(JSON.stringify({ type: 'logs', data: { entries: [{ m }] } }))
    send('\u001b[33mWARNING: one\u001b[0m\n')
    expect((await first).value).toMatchObject({ level: 'warning', text: 'WARNING: one' })
    there.server.dropSockets()
    await until(() => there.server.openSockets === 0)
    await until(() => there.server.openSockets === 1)
    const second = lines.next()
    send('two')
    expect((await second).value).toMatchObject({ level: 'info', text: 'two' })
    const last = lines.next()
    await there.comfy.shutdown()
    expect(await last).toMatchObject({ done: true })
  })
})
