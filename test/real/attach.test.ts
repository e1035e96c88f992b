import { readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ComfyConnector, Discomfort, Image, Mask, Tensor } from 'discomfort'
import { failure } from '../support/failure.ts'
import { startPlainServer, type PlainServer } from './support/plain-server.ts'
import { node, port, through } from './support/prompts.ts'

const portrait = new URL('../../examples/attach/text-to-image.json', import.meta.url)

describe('attached to a ComfyUI without our pack', () => {
  let server: PlainServer
  let picture: string
  beforeAll(async () => {
    server = await startPlainServer(inject('launch'))
    // A picture as people have it: saved by ComfyUI, its workflow inside.
    await using discomfort = await Discomfort.create({ server: server.address })
    const run = discomfort.run(portrait)
    await run
    picture = join(tmpdir(), `discomfort-attach-${process.pid}.png`)
    await writeFile(picture, await (run.files[0] as (typeof run.files)[number]).read())
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await rm(picture, { force: true })
  })

  it('runs the workflow of a picture with one value changed by address, and gives the saved file', async () => {
    await using discomfort = await Discomfort.create({ server: server.address })
    const run = discomfort.run(picture, { inputs: { 'KSampler.seed': 7 } })
    await run
    expect(run.files).toMatchObject([
      { title: 'Save Image', classType: 'SaveImage', kind: 'images', folderType: 'output' },
    ])
    const [file] = run.files
    const bytes = await file?.read()
    const names = await readdir(server.output)
    expect(names).toContain(file?.filename)
    expect(Buffer.from(bytes as Uint8Array)).toEqual(await readFile(join(server.output, file?.filename as string)))
    const [first, second] = await Promise.all([Image.open(picture), Image.open(bytes as Uint8Array)])
    expect(await second.pixels()).not.toEqual(await first.pixels())
    expect([second.width, second.height]).toEqual([first.width, first.height])
  })

  it('runs INPUT ports of numbers as constants, and says what needs the pack', async () => {
    await using discomfort = await Discomfort.create({ server: server.address })
    const prompt = {
      width: port('width'),
      image: node('EmptyImage', { width: ['width', 0], height: 16, batch_size: 1, color: 0 }),
      save: node('SaveImage', { images: ['image', 0], filename_prefix: 'wide' }),
    }
    const run = discomfort.run(prompt, { inputs: { width: 48 } })
    await run
    const [file] = run.files
    expect((await Image.open((await file?.read()) as Uint8Array)).width).toBe(48)
    const { message } = await failure(
      'SERVER_INCOMPATIBLE',
      discomfort.run({
        1: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
        2: port('out', ['1', 0]),
      }),
    )
    expect(message).toContain('The value "out" (LATENT) of')
  })

  it('takes numbers, texts and truth values out, exactly', async () => {
    await using discomfort = await Discomfort.create({ server: server.address })
    const give = (classType: string, value: unknown) =>
      discomfort.run(through(classType, 'value'), { inputs: { in: value } })
    expect(await give('PrimitiveInt', 2 ** 53 - 1)).toEqual({ out: 2 ** 53 - 1 })
    expect(await give('PrimitiveFloat', 0.1)).toEqual({ out: 0.1 })
    expect(await give('PrimitiveBoolean', true)).toEqual({ out: true })
    expect(await give('PrimitiveString', ' "täxt"\n')).toEqual({ out: ' "täxt"\n' })
  })

  it('takes pictures and masks in and out through files of 8 bits, and says so', async () => {
    await using discomfort = await Discomfort.create({ server: server.address })
    await using context = discomfort.context()
    const pixels = Float32Array.from({ length: 5 * 4 * 3 }, (_, at) => at / 60)
    const image = Image.from(Tensor.from(pixels, [1, 4, 5, 3]))
    const mask = Mask.from(
      Tensor.from(
        Float32Array.from({ length: 20 }, (_, at) => at / 20),
        [1, 4, 5],
      ),
    )
    const prompt = {
      1: port('image'),
      2: port('mask'),
      3: node('InvertMask', { mask: ['2', 0] }),
      4: node('RepeatImageBatch', { image: ['1', 0], amount: 2 }),
      5: port('inverted', ['3', 0]),
      6: port('twice', ['4', 0]),
    }
    const run = discomfort.run(prompt, {
      context,
      inputs: { image, mask },
      outputs: { inverted: 'MASK', twice: 'IMAGE' },
    })
    const { inverted, twice } = await run
    expect(twice.tensor.shape).toEqual([2, 4, 5, 3])
    expect(inverted.tensor.shape).toEqual([1, 4, 5])
    const given = (await inverted.tensor.data()) as Float32Array
    for (const [at, value] of (await twice.pixels()).entries())
      expect(Math.abs(value - (pixels[at % 60] as number))).toBeLessThan(2.1 / 255)
    for (const [at, value] of given.entries()) expect(Math.abs(value - (1 - at / 20))).toBeLessThan(2.1 / 255)
    expect(run.report.warnings).toEqual([
      expect.stringMatching(/"Port image", "Port mask", "inverted", "twice".* 8 bits a channel/),
    ])
    expect(run.files).toEqual([])
    const two = Image.from(Tensor.from(new Float32Array(2 * 60), [2, 4, 5, 3]))
    await failure('SERVER_INCOMPATIBLE', discomfort.run(prompt, { inputs: { image: two, mask } }))
  })

  it('refuses in time: nobody answers, no address, no ComfyUI', async () => {
    await expect(Discomfort.create({ server: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
    })
    await expect(Discomfort.create({ server: 'not an address' })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' })
  })
})

describe('attached to a ComfyUI with the pack', () => {
  it('passes pictures through the shared store and leaves nothing there', async () => {
    await using discomfort = await Discomfort.create({ server: inject('server') })
    const context = discomfort.context()
    const image = Image.from(Tensor.from(new Float32Array(3 * 16).fill(0.5), [1, 4, 4, 3]))
    await discomfort.run(through('ImageInvert', 'image'), { context, inputs: { in: image } })
    expect(context.getUsage()).toMatchObject({ keys: 2, files: 2 })
    const root = discomfort.connector.handshake?.roots.ram as string
    const before = await readdir(root)
    await context.shutdown()
    const after = await readdir(root)
    expect(before.length - after.length).toBe(1)
  })

  it('sends the workflow as drawn along, so that a saved picture opens again', async () => {
    await using discomfort = await Discomfort.create({ server: inject('server') })
    const run = discomfort.run(portrait)
    await run
    const saved = JSON.parse(await readFile(portrait, 'utf8')) as { nodes: unknown[] }
    const { readWorkflow } = await import('discomfort')
    const read = await readWorkflow(await (run.files[0] as (typeof run.files)[number]).read())
    expect(read.kind === 'workflow' && read.workflow.nodes).toEqual(saved.nodes)
  })

  it('the connector alone runs a prompt, uploads a file for it, and gives the history entry', async () => {
    await using comfy = await ComfyConnector.create({ server: inject('server') })
    const path = join(tmpdir(), `discomfort-upload-${process.pid}.png`)
    const image = Image.from(Tensor.from(new Float32Array(3 * 64).fill(0.25), [1, 8, 8, 3]))
    await image.toFile(path)
    const uploaded = await comfy.uploadData(path, { folderType: 'temp' })
    await rm(path)
    const entry = await comfy.runWorkflow({
      1: node('LoadImage', { image: uploaded.widgetValue }),
      2: node('PreviewImage', { images: ['1', 0] }),
    })
    expect(entry.status).toMatchObject({ status_str: 'success' })
    expect(entry.outputs['2']).toMatchObject({ images: [{ type: 'temp' }] })
    expect(comfy.state).toBe('ready')
    await comfy.shutdown()
    expect(comfy.state).toBe('stopped')
    await expect(comfy.runWorkflow({})).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
