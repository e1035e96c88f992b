import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { ComfyConnector, Discomfort, Image, Resident, Tensor } from 'discomfort'
import { sweepDeadContexts } from '../../src/context/places/context-folder.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { tcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { node, port, through } from './support/prompts.ts'

const token = 'a token of this test'
const outputs = { out: 'IMAGE' } as const
const invert = through('ImageInvert', 'image')
const MB = 1_000_000
/** 100,663,296 bytes. */
const large = [1, 2048, 4096, 3] as const

/** A ComfyUI that does not see our store, as on another machine, behind a proxy. */
interface Elsewhere extends AsyncDisposable {
  readonly comfy: ComfyConnector
  readonly proxy: TcpProxy
  readonly folder: TemporaryFolder
}

async function startElsewhere(): Promise<Elsewhere> {
  const folder = await temporaryFolder('elsewhere')
  const launch = inject('launch')
  const env = {
    ...launch.env,
    DISCOMFORT_STORE: join(folder.path, 'disk'),
    DISCOMFORT_RAM_STORE: join(folder.path, 'ram'),
    DISCOMFORT_TOKEN: token,
  }
  const comfy = await ComfyConnector.create({ ...launch, env })
  const proxy = await tcpProxy(comfy.serverAddress)
  const stop = async () => {
    await proxy[Symbol.asyncDispose]()
    await comfy.shutdown()
    await folder[Symbol.asyncDispose]()
  }
  return { comfy, proxy, folder, [Symbol.asyncDispose]: stop }
}

/** The folders of contexts that lie under some roots. */
async function contextsIn(...roots: string[]): Promise<string[]> {
  const names = await Promise.all(roots.map((root) => readdir(root).catch(() => [])))
  return names.flat().filter((name) => name !== 'probes' && name !== 'named')
}

function picture(shape: readonly [number, number, number, number], seed = 1): Image {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  for (let index = 0; index < values.length; index++) values[index] = ((index * 7 + seed) % 256) / 255
  return Image.from(Tensor.from(values, [...shape]))
}

describe('a ComfyUI on another machine', () => {
  let elsewhere: Elsewhere
  let discomfort: Discomfort
  let here: TemporaryFolder
  beforeAll(async () => {
    here = await temporaryFolder('here')
    vi.stubEnv('DISCOMFORT_STORE', join(here.path, 'disk'))
    vi.stubEnv('DISCOMFORT_RAM_STORE', join(here.path, 'ram'))
    elsewhere = await startElsewhere()
    discomfort = await Discomfort.create({ server: elsewhere.proxy.url, token })
  })
  afterAll(async () => {
    await discomfort?.close()
    await elsewhere?.[Symbol.asyncDispose]()
    vi.unstubAllEnvs()
    await here[Symbol.asyncDispose]()
  })
  const theirs = () => contextsIn(join(elsewhere.folder.path, 'disk'), join(elsewhere.folder.path, 'ram'))
  const expectNothingLeft = async () => {
    expect(await theirs()).toEqual([])
    expect(await contextsIn(join(here.path, 'disk'), join(here.path, 'ram'))).toEqual([])
  }

  it('takes pictures and gives them, without a context too, and nothing stays', async () => {
    const image = picture([1, 64, 48, 3])
    const { out } = await discomfort.run(invert, { inputs: { in: image }, outputs })
    const [before, after] = await Promise.all([image.pixels(), out.pixels()])
    expect(after).toEqual(before.map((value) => Math.fround(1 - value)))
    await expectNothingLeft()
  })

  it('runs numbers without a context there', async () => {
    const requests = discomfort.connector.requestCount
    expect(await discomfort.run(through('PrimitiveInt', 'value'), { inputs: { in: 7 } })).toEqual({ out: 7 })
    expect(discomfort.connector.requestCount - requests).toBeLessThan(4)
  })

  it('takes and gives a value of 100 MB in parts, and what was made there is not sent there again', async () => {
    const context = discomfort.context()
    await context.save('in', picture(large))
    const { bytes } = elsewhere.proxy
    let before = { ...bytes }
    await discomfort.run(invert, { context })
    expect(bytes.up - before.up).toBeGreaterThan(100 * MB)
    expect(bytes.down - before.down).toBeGreaterThan(100 * MB)
    const made = await context.load('out', 'IMAGE')
    await context.save('in', made)
    before = { ...bytes }
    await discomfort.run(through('GetImageSize', 'image'), { context, outputs: { out: 'INT' } })
    expect(await context.load('out', 'INT')).toBe(large[2])
    expect(bytes.up - before.up).toBeLessThan(MB)
    expect(bytes.down - before.down).toBeLessThan(MB)
    await context.shutdown()
    await expectNothingLeft()
  })

  it('forgets there what is forgotten here', async () => {
    await using context = discomfort.context()
    await discomfort.run(invert, { context, inputs: { in: picture([1, 16, 16, 3]) } })
    const [folder] = await theirs()
    const values = async () => {
      const names = await readdir(join(elsewhere.folder.path, 'disk', folder as string))
      return names.filter((name) => name.endsWith('.safetensors')).length
    }
    expect(await values()).toBe(2)
    context.delete('in')
    await expect.poll(values).toBe(1)
    context.delete('out')
    await expect.poll(values).toBe(0)
  })

  it('takes lists and long texts, and references with the values that they read', async () => {
    const context = discomfort.context()
    const rebatch = {
      1: port('in'),
      2: node('RebatchImages', { images: ['1', 0], batch_size: 1 }),
      3: port('out', ['2', 0]),
    }
    const { out: list } = await discomfort.run(rebatch, { context, inputs: { in: picture([3, 8, 8, 3]) } })
    expect(list).toHaveLength(3)
    const { out: again } = await discomfort.run(invert, { context, inputs: { in: list } })
    expect(again).toHaveLength(3)
    const text = 'long '.repeat(30_000)
    const echo = through('PrimitiveStringMultiline', 'value')
    expect((await discomfort.run(echo, { context, inputs: { in: text } }))['out']).toBe(text)
    const image = picture([1, 8, 8, 3], 5)
    await discomfort.run(invert, { context, inputs: { in: image }, passBy: { out: 'ref' } })
    const back = { 1: port('out'), 2: node('ImageInvert', { image: ['1', 0] }), 3: port('back', ['2', 0]) }
    const { back: same } = await discomfort.run(back, { context, outputs: { back: 'IMAGE' } })
    const [given, got] = await Promise.all([image.pixels(), same.pixels()])
    expect(Math.max(...got.map((value, index) => Math.abs(value - (given[index] as number))))).toBeLessThan(1e-6)
    await context.shutdown()
    await expectNothingLeft()
  })

  it('keeps things alive there as long as their key here', async () => {
    await using context = discomfort.context()
    const make = { 1: node('TestThing'), 2: port('thing', ['1', 0]) }
    const use = { 1: port('thing'), 2: node('TestCountThings', { thing: ['1', 0] }), 3: port('alive', ['2', 0]) }
    const { thing } = await discomfort.run(make, { context, passBy: 'resident' })
    expect(thing).toBeInstanceOf(Resident)
    expect(await discomfort.run(use, { context, outputs: { alive: 'INT' } })).toEqual({ alive: 1 })
    context.delete('thing')
    const count = { 1: node('TestCountThings'), 2: port('alive', ['1', 0]) }
    await expect.poll(() => discomfort.run(count, { outputs: { alive: 'INT' } })).toEqual({ alive: 0 })
  })

  it('goes on where a connection broke, on the way up and on the way down', async () => {
    const context = discomfort.context()
    await context.save('in', picture(large, 3))
    const { proxy } = elsewhere
    let cuts = 0
    const cut = () => {
      cuts += 1
      proxy.drop()
    }
    const before = { ...proxy.bytes }
    proxy.after('up', 50 * MB, cut)
    proxy.after('down', 60 * MB, cut)
    const { out } = await discomfort.run(invert, { context, outputs })
    expect(cuts).toBe(2)
    // Of what had arrived nothing is sent again, but for a part of 8 MiB and what was under way.
    expect(proxy.bytes.up - before.up).toBeLessThan(115 * MB)
    expect(proxy.bytes.down - before.down).toBeLessThan(115 * MB)
    const expected = await (await context.load('in', 'IMAGE')).pixels()
    expect(Buffer.compare(bytesOf(await out.pixels()), bytesOf(expected.map((value) => 1 - value)))).toBe(0)
    await context.shutdown()
    await expectNothingLeft()
  })

  it('is left at once by a run that is cancelled while a value is on its way', async () => {
    const context = discomfort.context()
    await context.save('in', picture(large, 4))
    const giveUp = new AbortController()
    elsewhere.proxy.after('up', 20 * MB, () => giveUp.abort())
    await failure('ABORTED', discomfort.run(invert, { context, signal: giveUp.signal }))
    expect(context.has('out')).toBe(false)
    await context.shutdown()
    await expectNothingLeft()
  })

  it('gets again what it has removed, since nobody asked for it for long', async () => {
    await using context = discomfort.context()
    const first = await discomfort.run(invert, { context, inputs: { in: picture([1, 16, 16, 3], 6) }, outputs })
    const expected = await first.out.pixels()
    const [id] = await theirs()
    const headers = { authorization: `Bearer ${token}` }
    await fetch(`${elsewhere.proxy.url}/discomfort/contexts/${id}`, { method: 'DELETE', headers })
    expect(await theirs()).toEqual([])
    const { out } = await discomfort.run(invert, { context, outputs })
    expect(await out.pixels()).toEqual(expected)
  })

  it('gives many runs at once what they share, and sends it once', async () => {
    await using context = discomfort.context()
    await context.save('in', picture([1, 512, 512, 3], 7))
    const { bytes } = elsewhere.proxy
    const before = bytes.up
    const prompt = {
      1: port('in'),
      2: node('ImageScale', {
        image: ['1', 0],
        upscale_method: 'nearest-exact',
        width: ['3', 0],
        height: 8,
        crop: 'disabled',
      }),
      3: port('width'),
      4: port('out', ['2', 0]),
    }
    const widths = [8, 16, 24, 32].map((width) => ({ width }))
    const results = await discomfort.map(prompt, widths, { context, outputs, concurrency: 4 })
    const found = results.map((result) => (result.status === 'fulfilled' ? result.outputs.out.width : result.error))
    expect(found).toEqual([8, 16, 24, 32])
    expect(bytes.up - before).toBeGreaterThan(3 * MB)
    expect(bytes.up - before).toBeLessThan(4 * MB)
  })

  it('wants its token, also from whoever started it', async () => {
    expect(await elsewhere.comfy.getModelCache()).toBeDefined()
    await failure('SERVER_UNAUTHORIZED', Discomfort.create({ server: elsewhere.proxy.url, token: 'another one' }))
    await expectNothingLeft()
  })
})

it('what a server gave before it was killed is not half there: a typed error, and nothing in the context', async () => {
  await using elsewhere = await startElsewhere()
  await using discomfort = await Discomfort.create({ server: elsewhere.proxy.url, token })
  await using context = discomfort.context()
  await context.save('out', 'as it was')
  const two = {
    1: node('EmptyImage', { width: 64, height: 64, batch_size: 1, color: 255 }),
    2: port('small', ['1', 0]),
    3: node('EmptyImage', { width: 4096, height: 2048, batch_size: 1, color: 255 }),
    4: port('out', ['3', 0]),
  }
  elsewhere.proxy.after('down', 30 * MB, () => process.kill(elsewhere.comfy.pid as number, 'SIGKILL'))
  const { message } = await failure('SERVER_UNREACHABLE', discomfort.run(two, { context }))
  expect(message).toMatch(/Fetching the value [0-9a-f-]{36} from ComfyUI at http.* broke off at byte [0-9]{8}/)
  expect(context.listKeys()).toEqual(['out'])
  expect(await context.load('out')).toBe('as it was')
  expect(context.getUsage()).toMatchObject({ files: 0 })
  // What it left behind is known to the library on that machine.
  await elsewhere.comfy.shutdown()
  const disk = join(elsewhere.folder.path, 'disk')
  expect(await contextsIn(disk)).toHaveLength(1)
  expect(await sweepDeadContexts(disk)).toHaveLength(1)
})

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
