import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { Discomfort, Image, Tensor, type DiscomfortOptions } from 'discomfort'
import { makeCertificate, type TestCertificate } from '../support/certificates.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { forwardProxy, type ForwardProxy } from '../support/forward-proxy.ts'
import { openGate, type Gate } from '../support/gate.ts'
import { node, through } from './support/prompts.ts'

describe('attached to a ComfyUI behind TLS, a path, a login, a cookie, and a proxy', () => {
  let here: TemporaryFolder
  let certificate: TestCertificate
  let gate: Gate
  let proxy: ForwardProxy
  let options: DiscomfortOptions & { server: string }
  beforeAll(async () => {
    here = await temporaryFolder('here')
    // It does not see our store, as on another machine: values go over HTTP.
    vi.stubEnv('DISCOMFORT_STORE', join(here.path, 'disk'))
    vi.stubEnv('DISCOMFORT_RAM_STORE', join(here.path, 'ram'))
    certificate = await makeCertificate(['comfy.test'])
    gate = await openGate(inject('server'), {
      certificate,
      path: '/gpu/1',
      login: 'me:p@ss',
      cookie: 'sticky=node-7',
    })
    proxy = await forwardProxy({ login: 'us:secret', rename: { 'comfy.test': '127.0.0.1' } })
    const server = gate.url.replace('127.0.0.1', 'comfy.test').replace('://', '://me:p%40ss@')
    options = { server, ca: certificate.ca, proxy: proxy.url }
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await proxy[Symbol.asyncDispose]()
    await gate[Symbol.asyncDispose]()
    await here[Symbol.asyncDispose]()
  })

  it('sends a large picture in parts and gets it back, its events on the way', async () => {
    await using discomfort = await Discomfort.create(options)
    const values = Float32Array.from({ length: 1024 * 1024 * 3 }, (_, at) => (at % 251) / 250)
    const image = Image.from(Tensor.from(values, [1, 1024, 1024, 3]))
    const types = new Set<string>()
    const run = discomfort.run(through('ImageInvert', 'image'), {
      inputs: { in: image },
      outputs: { out: 'IMAGE' },
      onEvent: ({ type }) => void types.add(type),
    })
    const { out } = await run
    // Not by toEqual, which takes long for millions of numbers.
    const wanted = values.map((value) => Math.fround(1 - value))
    expect(Buffer.from((await out.pixels()).buffer).equals(Buffer.from(wanted.buffer))).toBe(true)
    expect(types.size).toBeGreaterThan(2)
    expect(gate.passed.filter((one) => one.startsWith('PUT /discomfort/values/')).length).toBeGreaterThan(1)
    expect(gate.passed).toContainEqual(expect.stringMatching(/^UPGRADE \/ws/))
    expect(gate.refused.every((one) => one.startsWith('307 '))).toBe(true)
    expect(new Set(proxy.opened)).toEqual(new Set([new URL(options.server).host]))
  })

  it('uploads a file and reads what was saved', async () => {
    await using discomfort = await Discomfort.create(options)
    const path = join(tmpdir(), `discomfort-gate-${process.pid}.png`)
    await Image.from(Tensor.from(new Float32Array(3 * 64).fill(0.25), [1, 8, 8, 3])).toFile(path)
    const uploaded = await discomfort.connector.uploadData(path, { folderType: 'temp' })
    await rm(path)
    const run = discomfort.run({
      1: node('LoadImage', { image: uploaded.widgetValue }),
      2: node('PreviewImage', { images: ['1', 0] }),
    })
    await run
    const saved = await Image.open((await run.files[0]?.read()) as Uint8Array)
    expect([saved.width, saved.height]).toEqual([8, 8])
  })

  it('is refused in words where a key to it is missing', async () => {
    const without = async (more: Partial<DiscomfortOptions>): Promise<Promise<unknown>> =>
      Discomfort.create({ ...options, ...more })
    expect((await failure('SERVER_UNREACHABLE', without({ ca: undefined }))).message).toContain('with the option ca')
    const noLogin = options.server.replace('me:p%40ss@', '')
    expect((await failure('SERVER_UNAUTHORIZED', without({ server: noLogin }))).message).toContain('user and password')
    const noProxyLogin = proxy.url.replace('us:secret@', '')
    expect((await failure('SERVER_UNREACHABLE', without({ proxy: noProxyLogin }))).message).toContain('The proxy wants')
  })
})
