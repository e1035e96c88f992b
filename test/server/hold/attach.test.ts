import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { describe, expect, it } from 'vitest'
import { protocol } from '../../../src/schema/handshake.ts'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { makeCertificate } from '../../support/certificates.ts'
import { failure } from '../../support/failure.ts'
import { fakeComfyUI, type FakeOptions } from '../../../src/testing/fake-comfyui.ts'
import { openGate, type GateOptions } from '../../support/gate.ts'

const attach = (server: string, options: object = {}): Promise<ComfyConnector> =>
  ComfyConnector.create({ server, ...options })

async function behindGate(intercept: GateOptions['intercept'], path = ''): Promise<AsyncDisposable & { url: string }> {
  const server = await fakeComfyUI()
  const gate = await openGate(server.url, { path, ...(intercept ? { intercept } : {}) })
  return {
    url: gate.url,
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe.concurrent('attaching', () => {
  it('takes an address with slashes at its end, and a path', async () => {
    await using server = await behindGate(undefined, '/comfy')
    await using comfy = await attach(`${server.url}//`)
    expect(comfy.serverAddress).toBe(server.url)
    expect(comfy.handshake).toBeDefined()
  })

  it('tells a wrong token at once, and a missing one', async () => {
    await using server = await fakeComfyUI({
      intercept: ({ path, headers }) =>
        path.startsWith('/discomfort/') &&
        path !== '/discomfort/handshake' &&
        headers.authorization !== 'Bearer the right one'
          ? { status: 401, body: {} }
          : undefined,
    })
    const wrong = await failure('SERVER_UNAUTHORIZED', attach(server.url, { token: 'another one' }))
    expect(wrong.message).toContain('token that it got is wrong')
    expect(wrong.message).not.toContain('another one')
    const none = await failure('SERVER_UNAUTHORIZED', attach(server.url))
    expect(none.message).toContain('Give a token')
    await (await attach(server.url, { token: 'the right one' })).shutdown()
  })

  it.each([502, 503, 504])('to a server that starts behind a proxy, HTTP %i, says so', async (status) => {
    await using server = await behindGate(() => ({ status, body: '<html>Bad Gateway' }))
    const { message } = await failure('SERVER_UNREACHABLE', attach(server.url))
    expect(message).toContain(`HTTP ${status} from what stands before it: it is not there, or still starting`)
  })

  it('to a proxy that is well again a moment later succeeds', async () => {
    let count = 0
    await using server = await behindGate(() => ((count += 1) < 3 ? { status: 502 } : undefined))
    await (await attach(server.url)).shutdown()
  })

  it('to a login says so: on another host, on the same one, and as a page', async () => {
    const to = (location: string): GateOptions['intercept'] => {
      return ({ url }) => (url?.startsWith('/login') ? { status: 200 } : { status: 302, headers: { location } })
    }
    await using other = await behindGate(to('https://login.example/in?ticket=secret'))
    const away = await failure('SERVER_UNAUTHORIZED', attach(other.url))
    expect(away.message).toContain('sends us on to https://login.example/in, which looks like a login')
    await using same = await behindGate(to('/login?next=/'))
    const here = await failure('SERVER_UNAUTHORIZED', attach(same.url))
    expect(here.message).toContain(`${same.url}/login, which looks like a login`)
    await using page = await behindGate(() => ({ status: 200, body: '<!doctype html><title>Sign\n in</title>' }))
    const { message } = await failure('SERVER_INCOMPATIBLE', attach(page.url))
    expect(message).toContain('answers a web page "Sign in" for /queue. Is it a ComfyUI?')
  })

  it('to an address that has moved says where to', async () => {
    await using circle = await behindGate(({ url }) => ({ status: 307, headers: { location: `${url}x` } }))
    await failure('SERVER_INCOMPATIBLE', attach(circle.url))
    await using moved = await behindGate(({ url }) =>
      url?.startsWith('/new') ? { status: 200 } : { status: 301, headers: { location: `/new${url}` } },
    )
    const { message } = await failure('SERVER_INCOMPATIBLE', attach(moved.url))
    expect(message).toContain(`sends us on to ${moved.url}/new/discomfort/handshake`)
    const secured = ({ headers, url }: IncomingMessage) => ({
      status: 301,
      headers: { location: `https://${headers.host}${url}` },
    })
    await using http = await behindGate(secured)
    const { message: better } = await failure('SERVER_INCOMPATIBLE', attach(http.url))
    expect(better).toContain(`sends us on to ${http.url.replace('http', 'https')}. Give that as the address.`)
  })

  it('tells http from https', async () => {
    await using server = await fakeComfyUI()
    const secured = await failure('SERVER_UNREACHABLE', attach(server.url.replace('http', 'https')))
    expect(secured.message).toContain(`Is it ${server.url}?`)
    await using gate = await openGate(server.url, { certificate: await makeCertificate() })
    const plain = await failure('SERVER_UNREACHABLE', attach(gate.url.replace('https', 'http')))
    expect(plain.message).toContain(`is it ${gate.url}?`)
  })

  it('to what speaks something else says so', async () => {
    const mail = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('220 mail.example ESMTP\r\n')
    }).listen(0, '127.0.0.1')
    await once(mail, 'listening')
    try {
      const url = `http://127.0.0.1:${(mail.address() as AddressInfo).port}`
      const { message } = await failure('SERVER_UNREACHABLE', attach(url))
      expect(message).toContain('It does not speak HTTP')
      // Whoever has loaded it changes what Node's own fetch goes through.
      const before = getGlobalDispatcher()
      setGlobalDispatcher(new Agent())
      const other = await failure('SERVER_UNREACHABLE', attach(url)).finally(() => setGlobalDispatcher(before))
      expect(other.message).toContain('It does not speak HTTP')
    } finally {
      mail.close()
    }
  })

  it('to a path where no ComfyUI is says that one may be needed', async () => {
    await using server = await behindGate(undefined, '/comfy')
    const { message } = await failure('SERVER_INCOMPATIBLE', attach(server.url.replace('/comfy', '')))
    expect(message).toContain('HTTP 404 for /queue. Is it a ComfyUI? Where it stands behind a path')
  })

  it('to a pack that cannot work says why, and to one whose answer is damaged', async () => {
    const error = { type: 'discomfort_store_unusable', message: 'The store cannot be used.', details: 'No space.' }
    const handshake = (answer: { status: number; body: unknown }): FakeOptions => ({
      intercept: ({ path }) => (path === '/discomfort/handshake' ? answer : undefined),
    })
    await using full = await fakeComfyUI(handshake({ status: 500, body: { error, node_errors: {} } }))
    const { message } = await failure('SERVER_INCOMPATIBLE', attach(full.url))
    expect(message).toContain('its pack cannot work: The store cannot be used. No space.')
    const { current } = protocol
    await using odd = await fakeComfyUI(
      handshake({ status: 200, body: { v: 1, protocol: current, protocolMin: current } }),
    )
    const damaged = await failure('SERVER_INCOMPATIBLE', attach(odd.url))
    expect(damaged.message).toContain('the answer of its pack is damaged (pack:')
    await using later = await fakeComfyUI(
      handshake({ status: 200, body: { v: 2, protocol: current + 1, protocolMin: current + 1 } }),
    )
    expect((await failure('SERVER_INCOMPATIBLE', attach(later.url))).message).toContain('update the npm package')
  })
})
