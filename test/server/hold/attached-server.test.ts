import { describe, expect, it } from 'vitest'
import { DiscomfortError } from '../../../src/errors.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'
import { attach } from '../../support/attach-job.ts'
import { definitions } from '../../support/port-definitions.ts'
import { openGate } from '../../support/gate.ts'
import { ComfyConnector } from '../../../src/server/connector.ts'

describe('a server of somebody else', () => {
  it('counts as there until a job speaks against it', async () => {
    await using there = await attach()
    const asked = there.server.requests.length
    await there.comfy.ready()
    expect(there.server.requests).toHaveLength(asked)
  })

  it('that did not answer is asked until it does, and may have other nodes then', async () => {
    await using there = await attach({ definitions })
    const before = await there.comfy.nodeDefinitions()
    let isBack = false
    let waiting: Promise<void> | undefined
    await there.server.restart(() => {
      waiting = there.comfy.ready({ doubt: true }).then(() => expect(isBack).toBe(true))
      isBack = true
    })
    await waiting
    expect(await there.comfy.nodeDefinitions()).not.toBe(before)
  })

  it('is not there while only a proxy answers for it', async () => {
    let asked = 0
    await using there = await attach({
      intercept: ({ path }) => (path === '/queue' && (asked += 1) < 3 ? { status: 502, body: 'Nobody' } : undefined),
    })
    await there.comfy.ready({ doubt: true })
    expect(asked).toBe(3)
  })

  it('is waited for no longer than a signal says', async () => {
    const enough = new DiscomfortError('CLOSED', 'enough', { details: { what: 'test' } })
    await using there = await attach()
    const controller = new AbortController()
    there.server.faults.silent = true
    const waiting = there.comfy.ready({ doubt: true, signal: controller.signal })
    controller.abort(enough)
    await expect(waiting).rejects.toBe(enough)
  })
})

describe('what goes to a server', () => {
  it('says of no page that it comes from there, which ComfyUI would refuse', async () => {
    const origins: unknown[] = []
    await using server = await fakeComfyUI()
    await using gate = await openGate(server.url, {
      intercept({ headers }) {
        origins.push(headers.origin, headers['sec-fetch-site'])
        return undefined
      },
    })
    await using comfy = await ComfyConnector.create({ server: gate.url })
    await comfy.runWorkflow({ 1: { class_type: 'A', inputs: {} } })
    expect(gate.passed.some((passed) => passed.startsWith('UPGRADE'))).toBe(true)
    expect(new Set(origins)).toEqual(new Set([undefined]))
  })
})
