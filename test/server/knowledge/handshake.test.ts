import { describe, expect, it } from 'vitest'
import { protocol } from '../../../src/schema/handshake.ts'
import { readHandshake } from '../../../src/server/knowledge/handshake.ts'
import { createHttp } from '../../../src/server/http/http.ts'
import { failure } from '../../support/failure.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'

const { current, oldest } = protocol

describe('the handshake', () => {
  it('tells of the pack, its server and where its store is', async () => {
    await using server = await fakeComfyUI({
      pack: {
        nonce: 'n',
        roots: { ram: '/dev/shm/discomfort-0', disk: '/home/0/.discomfort/store' },
        comfyui: '0.31.0',
      },
    })
    expect(await readHandshake(createHttp(server.url))).toMatchObject({
      nonce: 'n',
      roots: { ram: '/dev/shm/discomfort-0', disk: '/home/0/.discomfort/store' },
      comfyui: '0.31.0',
    })
  })

  it('is missing where the server has no pack, or answers that route with something else', async () => {
    await using plain = await fakeComfyUI({ pack: false })
    expect(await readHandshake(createHttp(plain.url))).toBeUndefined()
    await using page = await fakeComfyUI({ intercept: () => ({ status: 200, body: '<html>' }) })
    expect(await readHandshake(createHttp(page.url))).toBeUndefined()
    await using other = await fakeComfyUI({ intercept: () => ({ status: 200, body: { hello: 'world' } }) })
    expect(await readHandshake(createHttp(other.url))).toBeUndefined()
  })

  it('with a pack that speaks a newer protocol too is fine', async () => {
    await using server = await fakeComfyUI({ pack: { protocol: current + 3, protocolMin: current } })
    expect(await readHandshake(createHttp(server.url))).toMatchObject({ protocol: current + 3 })
  })

  it('with a pack that is too new says that the library must be updated', async () => {
    await using server = await fakeComfyUI({ pack: { protocol: current + 2, protocolMin: current + 1 } })
    const { details, message } = await failure('SERVER_INCOMPATIBLE', readHandshake(createHttp(server.url)))
    expect(message).toContain('update the npm package')
    expect(details).toMatchObject({
      found: `protocol ${current + 1} to ${current + 2}`,
      needed: `protocol ${oldest} to ${current}`,
    })
  })

  it('with a pack that is too old says that the pack must be updated', async () => {
    await using server = await fakeComfyUI({ pack: { protocol: oldest - 1, protocolMin: oldest - 1 } })
    const { message } = await failure('SERVER_INCOMPATIBLE', readHandshake(createHttp(server.url)))
    expect(message).toContain('update the pack')
  })

  it('that is refused is an error of its own', async () => {
    await using server = await fakeComfyUI({ intercept: () => ({ status: 401, body: '' }) })
    await failure('SERVER_UNAUTHORIZED', readHandshake(createHttp(server.url)))
  })
})
