import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../../src/server/launch/free-port.ts'
import { createHttp, getJson, request, socketAddress } from '../../../src/server/http/http.ts'
import { failure } from '../../support/failure.ts'
import type { FakeRequest } from '../../../src/testing/answer.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'
import { until } from '../../support/until.ts'

describe('an address', () => {
  it.each([
    ['127.0.0.1:8188', 'http://127.0.0.1:8188'],
    ['http://host:8188/', 'http://host:8188'],
    ['https://host/comfy//', 'https://host/comfy'],
    ['https://user:secret@host/comfy', 'https://host/comfy'],
    ['[::1]:8188', 'http://[::1]:8188'],
  ])('%s is read', (text, base) => {
    expect(createHttp(text)).toMatchObject({ base, requests: 0 })
  })

  it('brings a user and password, and never shows them', () => {
    const http = createHttp('https://me%40home:p%C3%A4ss@host')
    expect(http.headers).toEqual({ authorization: `Basic ${Buffer.from('me@home:p\u00E4ss').toString('base64')}` })
    expect(http.base).toBe('https://host')
    expect(createHttp('https://user@host', { token: 'token' }).headers).toEqual({ authorization: 'Bearer token' })
  })

  it('that is none is refused', () => {
    expect(() => createHttp('http://')).toThrow(expect.objectContaining({ code: 'SERVER_UNREACHABLE' }))
    expect(() => createHttp('not an address')).toThrow('http://127.0.0.1:8188')
  })

  it('gives that of the socket', () => {
    expect(socketAddress(createHttp('http://host/comfy'), 'a b')).toBe('ws://host/comfy/ws?clientId=a%20b')
    expect(socketAddress(createHttp('https://host'), 'a')).toBe('wss://host/ws?clientId=a')
  })
})

describe('a request', () => {
  it('carries the token, and is counted', async () => {
    const asked: FakeRequest[] = []
    await using server = await fakeComfyUI({
      intercept(one) {
        asked.push(one)
        return undefined
      },
    })
    const http = createHttp(server.url, { token: 'secret' })
    await request(http, '/queue', { headers: { 'x-more': '1' } })
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'x-more': '1' })
    expect(http.requests).toBe(1)
  })

  it.each([401, 403])('that is refused with %i says so', async (status) => {
    await using server = await fakeComfyUI({ intercept: () => ({ status, body: 'no' }) })
    const { details, message } = await failure('SERVER_UNAUTHORIZED', request(createHttp(server.url), '/queue'))
    expect(details).toEqual({ url: server.url, status })
    expect(message).toContain('token')
  })

  it('that nobody answers says why', async () => {
    const nobody = `127.0.0.1:${await freePort()}`
    const { details } = await failure('SERVER_UNREACHABLE', request(createHttp(nobody), '/queue'))
    expect(details).toEqual({ url: `http://${nobody}`, reason: 'ECONNREFUSED' })
    await using server = await fakeComfyUI({ intercept: () => 'lost' })
    const { details: lost } = await failure('SERVER_UNREACHABLE', request(createHttp(server.url), '/queue'))
    expect(lost.url).toBe(server.url)
  })

  it('ends with its signal', async () => {
    await using server = await fakeComfyUI({ intercept: () => 'none' })
    const controller = new AbortController()
    const asked = request(createHttp(server.url), '/queue', { signal: controller.signal })
    await until(() => server.requests.length === 1)
    controller.abort('enough')
    await expect(asked).rejects.toBe('enough')
  })
})

describe('an answer that must be JSON', () => {
  it('is an error where it is another status or another page', async () => {
    await using server = await fakeComfyUI({
      intercept: ({ path }) =>
        path === '/a' ? { status: 500, body: '' } : { status: 200, body: '<html><title>Log in</title>' },
    })
    const http = createHttp(server.url)
    expect((await failure('SERVER_INCOMPATIBLE', getJson(http, '/a'))).details.reason).toBe('HTTP 500 for /a')
    const { details, message } = await failure('SERVER_INCOMPATIBLE', getJson(http, '/b'))
    expect(details.reason).toBe('a web page "Log in" for /b')
    expect(message).toContain('Is it a ComfyUI?')
  })

  it('is an error of the connection where it breaks off', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"queue_running": [', () => response.destroy())
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const http = createHttp(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    await failure('SERVER_UNREACHABLE', getJson(http, '/queue'))
    server.close()
  })
})
