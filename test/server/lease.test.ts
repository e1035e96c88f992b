import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leaseConnector } from '../../src/server/lease.ts'
import { failure } from '../support/failure.ts'
import { fakeComfyUI, type FakeComfyUI } from '../../src/testing/fake-comfyui.ts'

let server: FakeComfyUI
beforeEach(async () => {
  server = await fakeComfyUI()
})
afterEach(() => server[Symbol.asyncDispose]())

describe('handles on one server', () => {
  it('of equal configurations share a connector, whatever the order of their options', async () => {
    const [one, two] = await Promise.all([
      leaseConnector({ server: server.url, args: ['--a'], env: { A: '1', B: '2' } }, false),
      leaseConnector({ env: { B: '2', A: '1' }, args: ['--a'], server: server.url, startTimeout: 5 }, false),
    ])
    expect(two.connector).toBe(one.connector)
    await one.release()
    await one.release()
    expect(two.connector.state).toBe('ready')
    await two.release()
    expect(two.connector.state).toBe('stopped')
  })

  it('of other configurations do not', async () => {
    const one = await leaseConnector({ server: server.url }, false)
    const two = await leaseConnector({ server: server.url, args: ['--a'] }, false)
    expect(two.connector).not.toBe(one.connector)
    await Promise.all([one.release(), two.release()])
  })

  it('that are exclusive have their own', async () => {
    const one = await leaseConnector({ server: server.url }, false)
    const own = await leaseConnector({ server: server.url }, true)
    expect(own.connector).not.toBe(one.connector)
    await own.release()
    expect([own.connector.state, one.connector.state]).toEqual(['stopped', 'ready'])
    await one.release()
  })

  it('are not given out again once the server was stopped, by the last handle or by hand', async () => {
    const one = await leaseConnector({ server: server.url }, false)
    await one.release()
    const two = await leaseConnector({ server: server.url }, false)
    expect(two.connector).not.toBe(one.connector)
    await two.connector.shutdown()
    const [three, four] = await Promise.all([
      leaseConnector({ server: server.url }, false),
      leaseConnector({ server: server.url }, false),
    ])
    expect(three.connector.state).toBe('ready')
    expect(four.connector).toBe(three.connector)
    await Promise.all([two.release(), three.release(), four.release()])
    expect(three.connector.state).toBe('stopped')
  })

  it('of one start are independent: one that gives up does not end it for the other', async () => {
    let open: (() => void) | undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    let asked = 0
    await using slow = await fakeComfyUI({
      intercept({ path }) {
        if (path === '/discomfort/handshake') asked += 1
        return undefined
      },
      before: () => opened,
    })
    const controller = new AbortController()
    const first = leaseConnector({ server: slow.url, signal: controller.signal }, false)
    const second = leaseConnector({ server: slow.url }, false)
    const aborted = expect(first).rejects.toThrow('changed my mind')
    controller.abort(new Error('changed my mind'))
    await aborted
    open?.()
    const lease = await second
    expect(lease.connector.state).toBe('ready')
    expect(asked).toBe(1)
    await lease.release()
    expect(lease.connector.state).toBe('stopped')
  })

  it('of a start that all gave up leave nothing, and the next one starts anew', async () => {
    let isMute = true
    await using mute = await fakeComfyUI({ intercept: () => (isMute ? 'none' : undefined) })
    const controller = new AbortController()
    const { signal } = controller
    const both = [1, 2].map(() => leaseConnector({ server: mute.url, signal }, false))
    const settled = Promise.allSettled(both)
    controller.abort('enough')
    expect(await settled).toMatchObject([{ reason: 'enough' }, { reason: 'enough' }])
    isMute = false
    const lease = await leaseConnector({ server: mute.url }, false)
    expect(lease.connector.state).toBe('ready')
    await lease.release()
  })

  it('of a start that failed try again', async () => {
    let fails = true
    await using shaky = await fakeComfyUI({ intercept: () => (fails ? { status: 401, body: '' } : undefined) })
    const both = await Promise.allSettled([
      leaseConnector({ server: shaky.url }, false),
      leaseConnector({ server: shaky.url }, false),
    ])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await failure('SERVER_UNAUTHORIZED', leaseConnector({ server: shaky.url }, false))
    fails = false
    const lease = await leaseConnector({ server: shaky.url }, false)
    expect(lease.connector.state).toBe('ready')
    await lease.release()
  })
})
