import { copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, type RunEvent } from 'discomfort'
import { discomfortHome } from '../../src/home.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { temporaryFolder } from '../support/folders.ts'
import { olderComfyUI } from './support/older-comfyui.ts'
import { node, port } from './support/prompts.ts'

const models = join(discomfortHome(), 'tiny-models', 'models')
const upscaler = 'tiny_2x_compact.safetensors'
const outputs = { image: 'IMAGE' } as const

const sampler = { seed: 7, steps: 2, cfg: 1, sampler_name: 'euler', scheduler: 'normal', denoise: 1 }

/** A workflow that only loads a model. */
const load = (name: string): Prompt => ({
  1: node('UpscaleModelLoader', { model_name: name }),
  2: port('upscaler', ['1', 0]),
})
/** Two different workflows that use it, and one that uses none. The number makes each run new. */
const enlarge = (n: number): Prompt => ({
  1: port('upscaler'),
  2: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 0x336699 + n }),
  3: node('ImageUpscaleWithModel', { upscale_model: ['1', 0], image: ['2', 0] }),
  4: port('image', ['3', 0]),
})
const enlargeInverted = (n: number): Prompt => ({
  1: port('upscaler'),
  2: node('EmptyImage', { width: 24, height: 16, batch_size: 1, color: 0x993366 + n }),
  3: node('ImageInvert', { image: ['2', 0] }),
  4: node('ImageUpscaleWithModel', { upscale_model: ['1', 0], image: ['3', 0] }),
  5: port('image', ['4', 0]),
})
const without = (n: number): Prompt => ({
  1: node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: n }),
  2: port('image', ['1', 0]),
})

/** Runs a prompt and gives its picture and the classes of the nodes that the server said it executes. */
async function runOnce(
  discomfort: Discomfort,
  prompt: Prompt,
  context: ReturnType<Discomfort['context']>,
): Promise<{ pixels: Float32Array; executed: (string | undefined)[] }> {
  const executed: (string | undefined)[] = []
  const onEvent = (event: RunEvent) => {
    if (event.type === 'nodeStarted') executed.push(event.classType)
  }
  const { image } = await discomfort.run(prompt, { context, outputs, onEvent })
  return { pixels: await image.pixels(), executed }
}

/** A server with its own copies of tiny models: the folder is searched beside those of the installation. */
async function serverWith(options: object = {}) {
  const launch = inject('launch')
  const folder = await temporaryFolder('model-cache')
  const own = join(folder.path, 'models')
  await mkdir(join(own, 'upscale_models'), { recursive: true })
  await mkdir(join(own, 'loras'))
  const paths = join(folder.path, 'own.yaml')
  await writeFile(
    paths,
    `own:\n  base_path: ${JSON.stringify(own)}\n  upscale_models: upscale_models\n  loras: loras\n`,
  )
  const args = [...launch.args, '--extra-model-paths-config', paths]
  const discomfort = await Discomfort.create({ ...launch, args, exclusive: true, ...options })
  return {
    discomfort,
    folder: own,
    close: async () => {
      await discomfort.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('models that workflows share by reference', () => {
  let server: Awaited<ReturnType<typeof serverWith>>
  let discomfort: Discomfort
  beforeAll(async () => {
    server = await serverWith()
    discomfort = server.discomfort
  })
  afterAll(() => server.close())
  afterEach(async () => {
    const { base } = discomfort.connector.http
    await fetch(`${base}/free`, { method: 'POST', body: JSON.stringify({ free_memory: true }) })
  })

  it('are loaded once, although runs in between need none, and give the same pictures each round', async () => {
    await using context = discomfort.context()
    await discomfort.run(load(upscaler), { context })
    const before = await discomfort.connector.getModelCache()
    let loads = 0
    const first: Float32Array[] = []
    for (let round = 0; round < 20; round += 1) {
      const parts = [enlarge(0), without(round), enlargeInverted(0)]
      for (const [index, prompt] of parts.entries()) {
        const { pixels, executed } = await runOnce(discomfort, prompt, context)
        loads += executed.filter((name) => name === 'UpscaleModelLoader').length
        if (index !== 1) expect(pixels).toEqual((first[index] ??= pixels))
      }
    }
    expect(loads).toBe(1)
    const after = await discomfort.connector.getModelCache()
    expect(after).toMatchObject({ limit: 8, loaders: 1, entries: 1 })
    expect((after?.stores ?? 0) - (before?.stores ?? 0)).toBe(1)
    expect((after?.hits ?? 0) - (before?.hits ?? 0)).toBeGreaterThanOrEqual(20)
  })

  it('are loaded anew where their file is replaced, also in the next run and with the same size and time', async () => {
    await using context = discomfort.context()
    const name = 'mine.safetensors'
    const path = join(server.folder, 'upscale_models', name)
    await copyFile(join(models, 'upscale_models', upscaler), path)
    const time = new Date(2020, 1, 1)
    await utimes(path, time, time)
    await discomfort.connector.nodeDefinitions({ refresh: true })
    await discomfort.run(load(name), { context })
    const old = await runOnce(discomfort, enlarge(0), context)
    expect((await runOnce(discomfort, enlarge(0), context)).pixels).toEqual(old.pixels)
    // The same model with other numbers: its file is as long.
    await changeWeights(path)
    await utimes(path, time, time)
    const fresh = await runOnce(discomfort, enlarge(0), context)
    expect(fresh.executed).toContain('UpscaleModelLoader')
    expect(fresh.pixels).not.toEqual(old.pixels)
    await runOnce(discomfort, without(1), context)
    const again = await runOnce(discomfort, enlarge(0), context)
    expect(again.executed).not.toContain('UpscaleModelLoader')
    expect(again.pixels).toEqual(fresh.pixels)
  })

  it('are not what they were where their file has changed since they were captured, and runs warn of that', async () => {
    await using context = discomfort.context()
    const name = 'changing.safetensors'
    const path = join(server.folder, 'upscale_models', name)
    await copyFile(join(models, 'upscale_models', upscaler), path)
    await discomfort.connector.nodeDefinitions({ refresh: true })
    await discomfort.run(load(name), { context })
    const before = discomfort.run(enlarge(0), { context })
    await before
    expect(before.report.warnings).toEqual([])
    await utimes(path, new Date(2020, 1, 1), new Date(2020, 1, 1))
    const after = discomfort.run(enlarge(0), { context, iterations: 2 })
    await after
    expect(after.report.warnings).toEqual([expect.stringContaining(`The file "${name}" is not as it was`)])
    await discomfort.run(load(name), { context })
    const again = discomfort.run(enlarge(0), { context })
    await again
    expect(again.report.warnings).toEqual([])
  })

  it('stay with the LoRAs and patches on them', async () => {
    await using context = discomfort.context()
    const chain = {
      1: node('UNETLoader', { unet_name: 'tiny_sd3_unet.safetensors', weight_dtype: 'default' }),
      2: node('LoraLoaderModelOnly', { model: ['1', 0], lora_name: 'tiny_sd3_lora.safetensors', strength_model: 0.5 }),
      3: node('ModelSamplingSD3', { model: ['2', 0], shift: 2 }),
      4: node('VAELoader', { vae_name: 'tiny_sd3_vae.safetensors' }),
      5: port('model', ['3', 0]),
      6: port('vae', ['4', 0]),
      7: node('CLIPLoader', { clip_name: 'tiny_clip_l.pt', type: 'sd3' }),
      8: port('clip', ['7', 0]),
    }
    await discomfort.run(chain, { context })
    const sample = {
      1: port('model'),
      2: port('vae'),
      3: port('clip'),
      4: node('CLIPTextEncode', { clip: ['3', 0], text: 'a pear' }),
      5: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
      6: node('KSampler', {
        ...sampler,
        model: ['1', 0],
        positive: ['4', 0],
        negative: ['4', 0],
        latent_image: ['5', 0],
      }),
      7: node('VAEDecode', { samples: ['6', 0], vae: ['2', 0] }),
      8: port('image', ['7', 0]),
    }
    const first = await runOnce(discomfort, sample, context)
    const loaders = ['UNETLoader', 'LoraLoaderModelOnly', 'ModelSamplingSD3', 'VAELoader', 'CLIPLoader']
    expect(first.executed).toEqual(expect.arrayContaining(loaders))
    for (let round = 0; round < 3; round += 1) {
      await runOnce(discomfort, without(round), context)
      const next = await runOnce(discomfort, sample, context)
      expect(next.executed).toContain('KSampler')
      expect(next.executed.filter((name) => loaders.includes(name ?? ''))).toEqual([])
      expect(next.pixels).toEqual(first.pixels)
    }
    expect(await discomfort.connector.getModelCache()).toMatchObject({ loaders: 4, entries: 5 })
  })

  it('go when ComfyUI is asked to free memory', async () => {
    await using context = discomfort.context()
    await discomfort.run(load(upscaler), { context })
    const { pixels } = await runOnce(discomfort, enlarge(0), context)
    expect(await discomfort.connector.getModelCache()).toMatchObject({ entries: 1 })
    const { base } = discomfort.connector.http
    const free = (body: object) => fetch(`${base}/api/free`, { method: 'POST', body: JSON.stringify(body) })
    // Unloading moves models off the GPU. They are used again as they are.
    await free({ unload_models: true })
    expect((await runOnce(discomfort, without(0), context)).executed).not.toContain('UpscaleModelLoader')
    const unloaded = await runOnce(discomfort, enlarge(0), context)
    expect(unloaded.executed).not.toContain('UpscaleModelLoader')
    expect(unloaded.pixels).toEqual(pixels)
    expect((await free({ free_memory: true })).status).toBe(200)
    expect(await discomfort.connector.getModelCache()).toMatchObject({ entries: 0, loaders: 0 })
    expect((await runOnce(discomfort, without(1), context)).executed).not.toContain('UpscaleModelLoader')
    expect((await runOnce(discomfort, enlarge(0), context)).executed).toContain('UpscaleModelLoader')
  })

  it('are found in a prompt with many nodes as well', async () => {
    await using context = discomfort.context()
    await discomfort.run(load(upscaler), { context })
    const chain = Object.fromEntries(
      Array.from({ length: 150 }, (_, place) => [
        `deep${place}`,
        node('ImageInvert', { image: [place === 0 ? '2' : `deep${place - 1}`, 0] }),
      ]),
    )
    const deep = (n: number): Prompt => ({
      ...enlarge(n),
      ...chain,
      3: node('ImageUpscaleWithModel', { upscale_model: ['1', 0], image: ['deep149', 0] }),
    })
    await runOnce(discomfort, deep(0), context)
    await runOnce(discomfort, without(0), context)
    const { executed } = await runOnce(discomfort, deep(1), context)
    // All but the loader: a picture, the chain, the upscaling and the saver.
    expect(executed).toHaveLength(153)
    expect(executed).not.toContain('UpscaleModelLoader')
  })
})

describe('the number of models that are kept', () => {
  it.each([
    [1, { loaders: 1, limit: 1 }],
    [0, { loaders: 0, limit: 0, stores: 0 }],
  ])('is a bound: with %i two that alternate are loaded again', async (keepModels, expected) => {
    const server = await serverWith({ keepModels })
    try {
      const { discomfort } = server
      await copyFile(
        join(models, 'upscale_models', upscaler),
        join(server.folder, 'upscale_models', 'other.safetensors'),
      )
      await discomfort.connector.nodeDefinitions({ refresh: true })
      await using one = discomfort.context()
      await using other = discomfort.context()
      await discomfort.run(load(upscaler), { context: one })
      await discomfort.run(load('other.safetensors'), { context: other })
      for (let round = 0; round < 3; round += 1) {
        for (const context of [one, other]) {
          expect((await runOnce(discomfort, enlarge(round), context)).executed).toContain('UpscaleModelLoader')
          const { executed } = await runOnce(discomfort, without(round), context)
          expect(executed).not.toContain('UpscaleModelLoader')
          const again = await runOnce(discomfort, enlarge(round + 100), context)
          expect(again.executed.includes('UpscaleModelLoader')).toBe(keepModels === 0)
        }
      }
      expect(await discomfort.connector.getModelCache()).toMatchObject(expected)
    } finally {
      await server.close()
    }
  })
})

describe('a ComfyUI without cache providers', () => {
  it('keeps models by its own cache, and sees replaced files too', async () => {
    const server = await serverWith({ comfyui: await olderComfyUI(inject('launch').python) })
    try {
      const { discomfort } = server
      const path = join(server.folder, 'upscale_models', 'mine.safetensors')
      await copyFile(join(models, 'upscale_models', upscaler), path)
      await discomfort.connector.nodeDefinitions({ refresh: true })
      await using context = discomfort.context()
      await discomfort.run(load('mine.safetensors'), { context })
      const old = await runOnce(discomfort, enlarge(0), context)
      await runOnce(discomfort, without(1), context)
      expect((await runOnce(discomfort, enlarge(1), context)).executed).not.toContain('UpscaleModelLoader')
      await changeWeights(path)
      expect((await runOnce(discomfort, enlarge(0), context)).pixels).not.toEqual(old.pixels)
      expect(await discomfort.connector.getModelCache()).toMatchObject({ limit: 0, entries: 0 })
    } finally {
      await server.close()
    }
  })
})

/** Turns numbers in a safetensors file around, in place; it stays a model of the same shape. */
async function changeWeights(path: string): Promise<void> {
  const bytes = await readFile(path)
  const begin = 8 + Number(bytes.readBigUInt64LE(0))
  bytes.subarray(begin).reverse()
  await writeFile(path, bytes)
}
