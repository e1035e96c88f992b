import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Discomfort } from '../src/index.ts'
import { redactText } from '../src/log/redact.ts'
import { failure } from './support/failure.ts'
import { fakeComfyUI } from '../src/testing/fake-comfyui.ts'
import { temporaryFolder, type TemporaryFolder } from './support/folders.ts'
import { definitions, node, port } from './support/port-definitions.ts'

let work: TemporaryFolder
let root: string
const before = process.cwd()
beforeEach(async () => {
  work = await temporaryFolder('create')
  root = join(work.path, 'store')
  await mkdir(root)
  process.env['DISCOMFORT_STORE'] = root
  process.chdir(work.path)
})
afterEach(async () => {
  delete process.env['DISCOMFORT_STORE']
  process.chdir(before)
  await work[Symbol.asyncDispose]()
})

const throughPicture = { 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: port('out', ['2', 0]) }
const image = { 1: node('Picture'), 2: port('out', ['1', 0]) }
const count = { 1: node('Many'), 2: port('out', ['1', 1]) }

describe('Discomfort.create', () => {
  it('attaches to the server of the call, and two equal calls share one connector', async () => {
    await using server = await fakeComfyUI({ definitions })
    await using one = await Discomfort.create({ server: server.url })
    await using two = await Discomfort.create({ server: server.url })
    expect(one.connector).toBe(two.connector)
    expect(one.connector).toMatchObject({ serverAddress: server.url, isManaged: false, state: 'ready' })
    await one.close()
    expect(await two.run(count)).toEqual({ out: 1 })
  })

  it('takes what the config file in the working folder says', async () => {
    await using server = await fakeComfyUI({ definitions })
    await writeFile('discomfort.config.json', JSON.stringify({ server: server.url, apiKey: 'key-1' }))
    await using discomfort = await Discomfort.create({ server: undefined })
    await discomfort.run(count)
    expect(server.submitted[0]?.extraData).toEqual({ api_key_comfy_org: 'key-1' })
  })

  it('reads no config file where it shall not', async () => {
    await using server = await fakeComfyUI({ definitions })
    await writeFile('discomfort.config.json', '{')
    await using discomfort = await Discomfort.create({ server: server.url, config: false })
    expect(await discomfort.run(count)).toEqual({ out: 1 })
  })

  it('has partner nodes paid by whom the run names, alone, in place of its key', async () => {
    await using server = await fakeComfyUI({ definitions })
    await using discomfort = await Discomfort.create({ server: server.url, apiKey: 'key-1' })
    await discomfort.run(count, { login: { authToken: 'token-2' } })
    await discomfort.map(count, [{}], { login: { apiKey: 'key-3', authToken: undefined } })
    await discomfort.run(count, { login: undefined })
    expect(server.submitted.map(({ extraData }) => extraData)).toEqual([
      { auth_token_comfy_org: 'token-2' },
      { api_key_comfy_org: 'key-3' },
      { api_key_comfy_org: 'key-1' },
    ])
    expect(redactText('of token-2 and key-3')).toBe('of [hidden] and [hidden]')
  })

  it('refuses options that it does not have', async () => {
    const { details } = await failure('CONFIG_INVALID', Discomfort.create({ servr: 'x' } as never))
    expect(details).toMatchObject({ key: 'servr', nearest: 'server' })
  })

  it.each([401, 403])('says that a server refuses us (%i), and does not show the token', async (status) => {
    await using server = await fakeComfyUI({ intercept: () => ({ status, body: '' }) })
    const error = await failure('SERVER_UNAUTHORIZED', Discomfort.create({ server: server.url, token: 'secret-1' }))
    expect(error.details.status).toBe(status)
    expect(JSON.stringify([error, error.message])).not.toContain('secret-1')
  })

  it('says which side is too old', async () => {
    await using server = await fakeComfyUI({ pack: { protocol: 9, protocolMin: 9 } })
    const { message } = await failure('SERVER_INCOMPATIBLE', Discomfort.create({ server: server.url }))
    expect(message).toContain('update the npm package')
  })
})

describe('the store', () => {
  it('is shared only where the server proves that it sees it, and no proof stays', async () => {
    await using seeing = await fakeComfyUI({ definitions, pack: { roots: { ram: null, disk: root } } })
    await using discomfort = await Discomfort.create({ server: seeing.url })
    expect(await readdir(join(root, 'probes'))).toEqual([])
    expect(seeing.requests.some((request) => request.startsWith('GET /discomfort/probe/'))).toBe(true)
    await discomfort.run(image).catch(() => undefined)
    expect(seeing.submitted).toHaveLength(1)
  })

  it.each([
    ['names another folder', { roots: { ram: null, disk: '/another/store' } }, undefined],
    ['names the same folder and cannot read it', undefined, { status: 404, body: {} }],
    ['reads something else there', undefined, { status: 200, body: { v: 1, text: 'guessed' } }],
  ])('is not shared where the server %s: pictures are refused, numbers go', async (_how, pack, probe) => {
    await using server = await fakeComfyUI({
      definitions,
      lacks: ['/discomfort/contexts'],
      pack: { roots: { ram: null, disk: root }, ...pack },
      intercept: ({ path }) => (path.startsWith('/discomfort/probe/') ? probe : undefined),
    })
    await using discomfort = await Discomfort.create({ server: server.url })
    const { details } = await failure('SERVER_INCOMPATIBLE', discomfort.run(image))
    expect(details.reason).toBe('the store is not shared')
    expect(server.submitted).toEqual([])
    expect(await discomfort.run(count)).toEqual({ out: 1 })
  })

  it('is not needed without the pack: what needs it says so, constants go', async () => {
    await using server = await fakeComfyUI({ definitions, pack: false })
    await using discomfort = await Discomfort.create({ server: server.url })
    const latent = { 1: node('Sampler', { seed: 5 }), 2: port('latent', ['1', 0]) }
    const { details } = await failure('SERVER_INCOMPATIBLE', discomfort.run(latent))
    expect(details.reason).toBe('the pack is missing')
    const seed = { 1: port('seed'), 2: node('Sampler', { seed: ['1', 0] }) }
    expect(await discomfort.run(seed, { inputs: { seed: 5 } })).toEqual({})
    expect(server.submitted).toMatchObject([{ prompt: { 2: { inputs: { seed: 5 } } } }])
  })
})

describe('values that lie in files', () => {
  it('are named to the server, which is told the context and what may be read', async () => {
    await using server = await fakeComfyUI({
      definitions,
      pack: { roots: { ram: null, disk: root } },
      script: (job) => job.fail({ node: '2' }),
    })
    await using discomfort = await Discomfort.create({ server: server.url })
    const context = discomfort.context()
    const { Image, Tensor } = await import('../src/index.ts')
    await context.save('in', Image.from(Tensor.from(new Float32Array(48), [1, 4, 4, 3])))
    await failure('NODE_FAILED', discomfort.run(throughPicture, { context }))
    const sent = server.submitted[0]
    const version = sent?.prompt['1']?.inputs['version']
    expect(sent?.prompt['1']?.class_type).toBe('DiscomfortContextLoader')
    expect(sent?.prompt['3']?.inputs).toMatchObject({ unique_id: 'out', type: 'IMAGE', run: sent?.promptId })
    const [folder] = (await readdir(root)).filter((name) => name !== 'probes')
    const digests = { [version as string]: expect.stringMatching(/^crc32:[0-9a-f]{8}$/) as string }
    const note = { v: 1, context: folder, reads: [version], digests, ram: 0, forget: [], name: 'workflow' }
    expect(sent?.body.discomfort).toEqual(note)
    expect(await readdir(join(root, folder as string))).toContain(`${version as string}.safetensors`)
    await discomfort.close()
    expect(await readdir(root)).toEqual(['probes'])
  })
})
