import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { Discomfort, Image, product, readWorkflow, Reference } from 'discomfort'
import { temporaryFolder } from '../support/folders.ts'
import { node, port } from './support/prompts.ts'
import { decode, load, sampler } from './support/text-to-image.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

/** Text to image with a real sampler, in one piece and in four that ports join. */
const encode = {
  1: port('clip'),
  2: port('text'),
  3: node('CLIPTextEncode', { clip: ['1', 0], text: ['2', 0] }),
  4: node('CLIPTextEncode', { clip: ['1', 0], text: '' }),
  5: port('positive', ['3', 0]),
  6: port('negative', ['4', 0]),
}
const sample = {
  1: port('model'),
  2: port('positive'),
  3: port('negative'),
  4: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
  5: node('KSampler', { model: ['1', 0], positive: ['2', 0], negative: ['3', 0], latent_image: ['4', 0], ...sampler }),
  6: port('latent', ['5', 0]),
}
const whole = {
  1: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
  2: node('CLIPTextEncode', { clip: ['1', 1], text: 'a pear' }),
  3: node('CLIPTextEncode', { clip: ['1', 1], text: '' }),
  4: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
  5: node('KSampler', { model: ['1', 0], positive: ['2', 0], negative: ['3', 0], latent_image: ['4', 0], ...sampler }),
  6: node('VAEDecode', { samples: ['5', 0], vae: ['1', 2] }),
  7: port('image', ['6', 0]),
}
const parts = [load, encode, sample, decode]
const inputs = { text: 'a pear' }
const outputs = { image: 'IMAGE' } as const

async function pixels({ image }: { image: Image }): Promise<Float32Array> {
  return image.pixels()
}

describe('partial workflows', () => {
  it('give the same picture one after another, joined, and in one piece', async () => {
    const uncut = await pixels(await discomfort.run(whole, { outputs }))
    expect(await pixels(await discomfort.run(parts, { inputs, outputs }))).toEqual(uncut)
    const joined = discomfort.run(parts, { inputs, outputs, stitch: true })
    expect(await pixels(await joined)).toEqual(uncut)
    expect(joined.report.workflows).toHaveLength(1)
  })

  it('pass models on as references, which nothing runs for', async () => {
    await using context = discomfort.context()
    const loading = discomfort.run(load, { context })
    const { model } = await loading
    expect(loading.report.workflows).toEqual([])
    expect(model).toBeInstanceOf(Reference)
    const reference = model as Reference
    expect(reference.type).toBe('MODEL')
    expect(reference.nodes).toEqual([
      { workflow: 'workflow', node: '1', classType: 'CheckpointLoaderSimple', title: 'CheckpointLoaderSimple' },
    ])
    expect(context.getStorageInfo('model')).toMatchObject({ type: 'MODEL', storage: 'reference', bytes: 0 })
    await expect(context.load('model', 'IMAGE')).rejects.toMatchObject({ code: 'VALUE_IS_REFERENCE' })
    expect(await context.load('model')).toBeInstanceOf(Reference)
    const rest = await discomfort.run([encode, sample, decode], { context, inputs, outputs })
    expect(await pixels(rest)).toEqual(await pixels(await discomfort.run(whole, { outputs })))
  })

  it('load a model once for all that share it', async () => {
    await using context = discomfort.context()
    await discomfort.run([load, encode], { context, inputs })
    const run = discomfort.run([sample, decode], { context, outputs })
    await run
    const [sampling] = run.report.workflows
    const id = sampling?.promptId ?? ''
    const classes = await vi.waitFor(
      async () => {
        const history = (await (await fetch(`${inject('server')}/history/${id}`)).json()) as History
        return Object.values((history[id] as History[string]).prompt[2]).map(({ class_type }) => class_type)
      },
      { timeout: 60_000 },
    )
    expect(classes.filter((name) => name === 'CheckpointLoaderSimple')).toHaveLength(1)
    expect(classes.filter((name) => name === 'CLIPTextEncode')).toHaveLength(2)
  })

  it('give a picture by reference where that is asked for, with a warning that its sampler may run again', async () => {
    await using context = discomfort.context()
    const run = discomfort.run(parts, { context, inputs, passBy: { latent: 'ref', image: 'ref' } })
    expect((await run)['image']).toBeInstanceOf(Reference)
    expect(run.report.workflows).toEqual([])
    expect(run.report.warnings.join()).toContain('"latent" goes by reference and holds the sampler "KSampler"')
    const shown = await discomfort.run(
      { 1: port('image'), 2: port('seen', ['1', 0]) },
      { context, outputs: { seen: 'IMAGE' } },
    )
    expect(await shown.seen.pixels()).toEqual(await pixels(await discomfort.run(whole, { outputs })))
  })

  it('save a reference as a file that runs', async () => {
    await using folder = await temporaryFolder('reference')
    await using context = discomfort.context()
    await discomfort.run(load, { context })
    const path = join(folder.path, 'clip.json')
    await context.exportData('clip', path)
    const { clip } = await discomfort.run(path)
    expect((clip as Reference).nodes).toMatchObject([{ workflow: 'clip.json', classType: 'CheckpointLoaderSimple' }])
    const picture = await discomfort.run([path, load, encode, sample, decode], { inputs, outputs, stitch: true })
    expect(await pixels(picture)).toEqual(await pixels(await discomfort.run(whole, { outputs })))
    const asPicture = context.exportData('clip', join(folder.path, 'clip.png'))
    await expect(asPicture).rejects.toMatchObject({ code: 'VALUE_IS_REFERENCE' })
  })

  it('that fail name the file and the node as they were drawn, whichever way they run', async () => {
    await using folder = await temporaryFolder('failing')
    const make = join(folder.path, 'make.json')
    const use = join(folder.path, 'use.json')
    await writeFile(make, JSON.stringify({ 8: node('TestFail', { message: 'broken' }), 9: port('n', ['8', 0]) }))
    await writeFile(
      use,
      JSON.stringify({ 1: port('n'), 2: node('TestInt', { value: ['1', 0] }), 3: port('m', ['2', 0]) }),
    )
    const expected = { code: 'NODE_FAILED', details: { node: '8', title: 'TestFail', workflow: 'make.json' } }
    await expect(discomfort.run([make, use])).rejects.toMatchObject(expected)
    await expect(discomfort.run([make, use], { stitch: true })).rejects.toMatchObject(expected)
    await expect(discomfort.run([make, use], { passBy: { n: 'ref' } })).rejects.toMatchObject(expected)
  })

  it('save pictures that open again as one drawing, where they are joined', async () => {
    const value = [{ name: 'value', type: '*', link: 1 }]
    const image = [{ name: 'IMAGE', type: 'IMAGE', links: [1] }]
    const joint = { type: 'DiscomfortPort', widgets_values: ['image', ''] }
    const place = { pos: [0, 0], size: [200, 100] }
    const make = {
      version: 0.4,
      nodes: [
        { id: 1, type: 'EmptyImage', ...place, inputs: [], outputs: image, widgets_values: [16, 16, 1, 255] },
        { id: 2, ...joint, ...place, inputs: value, outputs: [] },
      ],
      links: [[1, 1, 0, 2, 0, 'IMAGE']],
    }
    const save = {
      version: 0.4,
      nodes: [
        { id: 1, ...joint, ...place, inputs: [], outputs: [{ name: 'value', type: '*', links: [1] }] },
        {
          id: 2,
          type: 'SaveImage',
          ...place,
          inputs: [{ name: 'images', type: 'IMAGE', link: 1 }],
          outputs: [],
          widgets_values: ['discomfort-joined'],
        },
      ],
      links: [[1, 1, 0, 2, 0, 'IMAGE']],
    }
    const run = discomfort.run([make, save], { stitch: true })
    await run
    const [file] = run.files
    expect(file).toMatchObject({ node: '2', title: 'Save Image' })
    const again = await readWorkflow((await file?.read()) ?? '')
    expect(again.kind).toBe('workflow')
    const rerun = discomfort.run((again as { workflow: object }).workflow)
    await rerun
    const pictures = await Promise.all([file, rerun.files[0]].map(async (one) => Image.open((await one?.read()) ?? '')))
    expect(await pictures[1]?.pixels()).toEqual(await pictures[0]?.pixels())
  })

  it('that the server refuses name the file and the node as they were drawn', async () => {
    await using folder = await temporaryFolder('refused')
    const make = join(folder.path, 'make.json')
    await writeFile(make, JSON.stringify({ 8: node('TestInt', { value: -1 }), 9: port('n', ['8', 0]) }))
    const use = { 1: port('n'), 2: node('TestInt', { value: ['1', 0] }), 3: port('m', ['2', 0]) }
    const run = discomfort.run([make, use], { stitch: true })
    const nodes = [{ node: '8', workflow: 'make.json', title: 'TestInt' }]
    await expect(run).rejects.toMatchObject({ code: 'PROMPT_REJECTED', details: { nodes } })
    await expect(run).rejects.toThrow('"TestInt" (TestInt, node 8 of make.json), input value')
  })

  it('that do not fit name both ends', async () => {
    const joined = discomfort.run([load, { 1: port('model'), 2: node('VAEDecode', { vae: ['1', 0] }) }], {
      stitch: true,
    })
    await expect(joined).rejects.toMatchObject({
      code: 'PORT_TYPE_MISMATCH',
      details: { expected: 'VAE', found: 'MODEL' },
    })
  })

  it('that could never be made are refused when they are captured', async () => {
    const wrong = { 1: node('CheckpointLoaderSimple', { ckpt_name: 'not there' }), 2: port('model', ['1', 0]) }
    const run = discomfort.run(wrong)
    await expect(run).rejects.toMatchObject({ code: 'REFERENCE_INVALID', details: { key: 'model' } })
    await expect(run).rejects.toThrow(/ckpt_name/)
  })
})

type History = Record<string, { prompt: [number, string, Record<string, { class_type: string }>] }>

describe('a chain that the server cannot follow', () => {
  const link = { 1: port('n'), 2: node('TestInt', { value: ['1', 0] }), 3: port('n', ['2', 0]) }

  it('is refused before anything is sent, joined as well as by reference', async () => {
    const chain = Array.from({ length: 1000 }, () => link)
    const joined = discomfort.run(chain, { inputs: { n: 1 }, stitch: true })
    await expect(joined).rejects.toMatchObject({ code: 'PROMPT_TOO_DEEP', details: { most: 978 } })
    expect(joined.report.workflows).toEqual([])
    await using context = discomfort.context()
    const [stitch, iterations] = [true, 10]
    const way = { stitch, iterations, passBy: { n: 'ref' } } as const
    const referred = discomfort.run(chain.slice(0, 100), { context, inputs: { n: 1 }, ...way })
    await expect(referred).rejects.toMatchObject({ code: 'PROMPT_TOO_DEEP' })
    expect(referred.report.workflows).toEqual([])
  })
})

describe('a handle', () => {
  it('tells what it keeps: values of its open contexts, and models', async () => {
    await using own = await Discomfort.create({ server: inject('server') })
    const [one, other] = [own.context(), own.context()]
    await own.run(parts, { context: one, inputs })
    await other.save('n', 1)
    const usage = await own.getUsage()
    expect(usage).toMatchObject({ contexts: 2, files: 2, models: { limit: 8 } })
    expect(usage.keys).toBe(one.listKeys().length + 1)
    expect(usage.bytes).toBe(one.getUsage().bytes)
    expect(usage.models?.loaders).toBeGreaterThan(0)
    await one.shutdown()
    expect(await own.getUsage()).toMatchObject({ contexts: 1, keys: 1, files: 0, bytes: 0 })
  })

  it('can say for a type how its values leave a run', async () => {
    await using own = await Discomfort.create({ server: inject('server'), passBy: { LATENT: 'ref' } })
    const { latent } = await own.run([load, encode, sample], { inputs })
    expect(latent).toBeInstanceOf(Reference)
  })
})

describe('rounds', () => {
  const add = { 1: port('n'), 2: node('TestInt', { value: ['1', 0] }), 3: port('n', ['2', 0]) }
  const invert = { 1: port('image'), 2: node('ImageInvert', { image: ['1', 0] }), 3: port('image', ['2', 0]) }

  it('feed what an OUTPUT port gives to the INPUT port of its id', async () => {
    await using context = discomfort.context()
    const start = await discomfort.run({
      1: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 255 }),
      2: port('image', ['1', 0]),
    })
    await context.save('image', start['image'])
    const before = await (await context.load('image', 'IMAGE')).pixels()
    for (const stitch of [false, true]) {
      const run = discomfort.run([invert, invert, invert], {
        context,
        iterations: 3,
        stitch,
        outputs: { image: 'IMAGE' },
      })
      const seen: number[] = []
      for await (const event of run) if (event.type === 'finished') seen.push(event.iteration)
      expect(seen).toEqual(stitch ? [0, 1, 2] : [0, 0, 0, 1, 1, 1, 2, 2, 2])
    }
    // Nine times inverted, twice: as it was.
    expect(await (await context.load('image', 'IMAGE')).pixels()).toEqual(before)
  })

  it('end when their condition holds, or after their number', async () => {
    const seen: [unknown, number][] = []
    const { n } = await discomfort.run(add, {
      inputs: { n: 5 },
      outputs: { n: 'INT' },
      until(outputs, round) {
        seen.push([outputs.n, round])
        return round === 2
      },
    })
    expect(n).toBe(5)
    expect(seen).toEqual([
      [5, 0],
      [5, 1],
      [5, 2],
    ])
    const run = discomfort.run(add, { inputs: { n: 5 }, iterations: 2, until: () => false })
    await run
    expect(run.report.workflows).toHaveLength(2)
  })

  it('take no number of rounds that is none, and end with what their condition throws', async () => {
    await expect(discomfort.run(add, { iterations: 0 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    const thrown = discomfort.run(add, {
      inputs: { n: 1 },
      until: () => {
        throw new Error('mine')
      },
    })
    await expect(thrown).rejects.toThrow('mine')
  })
})

describe('a map', () => {
  it('runs for each item with models out of a context that it does not change', async () => {
    await using context = discomfort.context()
    await discomfort.run([load, encode], { context, inputs })
    const before = context.listKeys()
    const ended: number[] = []
    const results = await discomfort.map([sample, decode], product({ 'KSampler.seed': [1, 2, 1] }), {
      context,
      outputs,
      onResult: ({ index }) => ended.push(index),
    })
    const pictures = await Promise.all(results.map(async (one) => one.status === 'fulfilled' && pixels(one.outputs)))
    expect(pictures[0]).toBeInstanceOf(Float32Array)
    expect(pictures[2]).toEqual(pictures[0])
    expect(pictures[1]).not.toEqual(pictures[0])
    expect(ended.toSorted((one, other) => one - other)).toEqual([0, 1, 2])
    expect(context.listKeys()).toEqual(before)
  })

  it('tells what fails in its place and keeps the others', async () => {
    const items = [
      { 'TestInt.value': 3 },
      { 'TestInt.value': 'no number' },
      { 'TestInt.value': -1 },
      { 'TestInt.value': 4 },
    ]
    const results = await discomfort.map({ 1: node('TestInt', { value: 0 }) }, items, { outputs: { '1': 'INT' } })
    expect(results.map(({ index, item }) => [index, item])).toEqual(items.map((item, index) => [index, item]))
    expect(results.map((one) => (one.status === 'fulfilled' ? one.outputs[1] : one.error))).toEqual([
      3,
      expect.objectContaining({ code: 'VALUE_TYPE' }),
      expect.objectContaining({ code: 'PROMPT_REJECTED' }),
      4,
    ])
  })

  it('begins nothing more once it is aborted', async () => {
    const controller = new AbortController()
    const items = product({ 'TestInt.value': [1, 2, 3, 4] })
    const results = await discomfort.map({ 1: node('TestInt', { value: 0 }) }, items, {
      outputs: { '1': 'INT' },
      concurrency: 1,
      signal: controller.signal,
      onResult: ({ index }) => index === 1 && controller.abort(),
    })
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
    expect(results[3]).toMatchObject({ error: { code: 'ABORTED' }, report: undefined })
  })
})
