import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { createHttp, getJson, request } from '../../../src/server/http/http.ts'
import { freePort } from '../../../src/server/launch/free-port.ts'
import { uploadBytes } from '../../../src/server/transfer/upload.ts'
import { makeCertificate, type TestCertificate } from '../../support/certificates.ts'
import { failure } from '../../support/failure.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { forwardProxy } from '../../support/forward-proxy.ts'
import { openGate } from '../../support/gate.ts'
import { node } from '../../support/port-definitions.ts'

const prompt = { 1: node('Picture', {}, 'Mine') }
let certificate: TestCertificate
beforeAll(async () => {
  certificate = await makeCertificate(['localhost', 'comfy.test'])
})

describe('a server behind a gate with TLS, an own authority, a path, a login and a cookie', () => {
  const locks = { path: '/my/comfy', login: 'me:p@ss/word', cookie: 'sticky=node-7' }
  const withLogin = (url: string): string => url.replace('https://', 'https://me:p%40ss%2Fword@')

  it('runs prompts, its socket included', async () => {
    await using server = await fakeComfyUI()
    await using gate = await openGate(server.url, { certificate, ...locks })
    await using comfy = await ComfyConnector.create({ server: `${withLogin(gate.url)}/`, ca: certificate.ca })
    expect(comfy.serverAddress).toBe(gate.url)
    await comfy.runWorkflow(prompt)
    expect(gate.passed).toContainEqual(expect.stringMatching(/^UPGRADE \/ws/))
    // The first one only has no cookie.
    expect(gate.refused).toEqual(['307 /my/comfy/discomfort/handshake'])
  })

  it('takes the authority from a file, and forms and binary bodies through it', async () => {
    await using folder = await temporaryFolder()
    const ca = join(folder.path, 'ca.pem')
    await writeFile(ca, certificate.ca)
    let sent = ''
    await using server = await fakeComfyUI({
      intercept({ path, headers, body }) {
        if (path !== '/upload/image') return undefined
        sent = `${headers['content-type']}\n${body}`
        return { status: 200, body: { name: 'a.png', subfolder: '', type: 'input' } }
      },
    })
    await using gate = await openGate(server.url, { certificate, ...locks })
    const http = createHttp(withLogin(gate.url), { ca })
    await uploadBytes(http, 'a.png', new Uint8Array([104, 105]), { type: 'input', subfolder: '', overwrite: true })
    expect(sent).toMatch(/^multipart\/form-data; boundary=.*filename="a.png".*hi.*overwrite/s)
    // Node's own Response, or one like it: the rest of the library cannot tell.
    expect(await getJson(http, '/queue')).toEqual({ queue_running: [], queue_pending: [] })
    const put = await request(http, '/queue', { method: 'PUT', body: new Uint8Array(100_000) })
    expect(put.status).toBe(404)
  })

  it('says which part of the lock does not fit', async () => {
    await using server = await fakeComfyUI()
    await using gate = await openGate(server.url, { certificate, ...locks })
    const ca = certificate.ca
    const asked = (url: string, options: object): Promise<unknown> =>
      request(createHttp(url, options), '/discomfort/handshake')
    const untrusted = await failure('SERVER_UNREACHABLE', asked(gate.url, {}))
    expect(untrusted.message).toContain('with the option ca')
    const none = await failure('SERVER_UNAUTHORIZED', asked(gate.url, { ca }))
    expect(none.message).toContain('Give a user and password in the address')
    const wrong = await failure('SERVER_UNAUTHORIZED', asked(gate.url.replace('://', '://me:wrong@'), { ca }))
    expect(wrong.message).toContain('user or password that it got is wrong')
    expect(JSON.stringify([wrong, wrong.message])).not.toContain('me:')
    const plain = await failure('SERVER_UNREACHABLE', asked(server.url.replace('http:', 'https:'), { ca }))
    expect(plain.message).toContain(`Is it ${server.url}?`)
    const other = createHttp(gate.url.replace('127.0.0.1', '127.0.0.2'), { ca })
    await failure('SERVER_UNREACHABLE', request(other, '/queue'))
  })
})

describe('a server behind a proxy', () => {
  it.each([
    ['plain', false],
    ['with TLS', true],
  ])('is reached with all that we send, %s', async (_name, hasTls) => {
    await using server = await fakeComfyUI()
    await using gate = await openGate(server.url, hasTls ? { certificate } : {})
    await using proxy = await forwardProxy({ login: 'us:secret', rename: { 'comfy.test': '127.0.0.1' } })
    const address = gate.url.replace('127.0.0.1', 'comfy.test')
    const options = { server: address, proxy: proxy.url, ...(hasTls ? { ca: certificate.ca } : {}) }
    await using comfy = await ComfyConnector.create(options)
    await comfy.runWorkflow(prompt)
    expect(gate.passed).toContainEqual(expect.stringMatching(/^UPGRADE/))
    expect(new Set(proxy.opened)).toEqual(new Set([new URL(address).host]))
  })

  it('is reached by the proxy of the environment, but for those on this machine', async () => {
    await using server = await fakeComfyUI()
    await using proxy = await forwardProxy({ rename: { 'comfy.test': '127.0.0.1' } })
    const before = process.env['http_proxy']
    process.env['http_proxy'] = proxy.url
    try {
      await getJson(createHttp(server.url), '/queue')
      expect(proxy.opened).toEqual([])
      await getJson(createHttp(server.url.replace('127.0.0.1', 'comfy.test')), '/queue')
      expect(proxy.opened).toHaveLength(1)
    } finally {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
    }
  })

  it('that wants a login, is not there, or does not find it, is told from the server', async () => {
    await using server = await fakeComfyUI()
    await using proxy = await forwardProxy({ login: 'us:secret' })
    const asked = (options: object, url = server.url): Promise<unknown> => request(createHttp(url, options), '/queue')
    const refused = await failure('SERVER_UNREACHABLE', asked({ proxy: proxy.url.replace('secret', 'wrong-one') }))
    expect(refused.message).toContain('The proxy wants a user and password')
    expect(refused.message).toContain(`through the proxy ${proxy.url.replace('us:secret@', '')}`)
    expect(refused.message).not.toContain('wrong-one')
    const absent = await failure('SERVER_UNREACHABLE', asked({ proxy: 'http://127.0.0.1:9' }))
    expect(absent.message).toContain('through the proxy http://127.0.0.1:9: ECONNREFUSED')
    const nowhere = await failure(
      'SERVER_UNREACHABLE',
      asked({ proxy: proxy.url }, `http://127.0.0.1:${await freePort()}`),
    )
    expect(nowhere.message).toContain('The proxy does not let us through')
  })
})

describe('headers that were given', () => {
  it('go with requests and the socket', async () => {
    const seen: (string | string[] | undefined)[] = []
    await using server = await fakeComfyUI()
    await using gate = await openGate(server.url, {
      intercept({ headers }) {
        seen.push(headers['cf-access-client-secret'])
        return undefined
      },
    })
    const headers = { 'CF-Access-Client-Secret': 'let me in' }
    await using comfy = await ComfyConnector.create({ server: gate.url, headers })
    await comfy.runWorkflow(prompt)
    expect(gate.passed).toContainEqual(expect.stringMatching(/^UPGRADE/))
    expect(new Set(seen)).toEqual(new Set(['let me in']))
  })
})
