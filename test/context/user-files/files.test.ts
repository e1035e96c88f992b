import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WorkflowContext } from '../../../src/context/workflow-context.ts'
import { Image } from '../../../src/image/image.ts'
import { Audio } from '../../../src/media/audio.ts'
import { Video } from '../../../src/media/video.ts'
import { comfyList } from '../../../src/values/comfy-list.ts'
import { ComfyObject } from '../../../src/values/comfy-object.ts'
import { Latent } from '../../../src/values/latent.ts'
import { Mask } from '../../../src/values/mask.ts'
import { Tensor } from '../../../src/values/tensor.ts'

let folder: string
let context: WorkflowContext
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-files-'))
})
beforeEach(() => {
  context = new WorkflowContext({}, { ram: undefined, disk: join(folder, 'store') })
})
afterEach(() => context.shutdown())
afterAll(() => rm(folder, { recursive: true, force: true }))

const file = (name: string) => join(folder, name)
const levels = Float32Array.from({ length: 12 }, (_, index) => (index * 20) / 255)
const picture = () => Image.from(Tensor.from(levels, [1, 2, 2, 3]))
const mp4 = Buffer.concat([Buffer.from('\0\0\0\x20ftypisom', 'latin1'), Buffer.alloc(5000, 3)])

/** Writes a value to a file and reads it back under another key. */
async function throughFile(value: unknown, name: string, type?: string): Promise<unknown> {
  await context.save('out', value)
  await context.exportData('out', file(name), { overwrite: true })
  await context.importData('in', file(name), { type, overwrite: true })
  return context.load('in')
}

describe('a value that is exported and imported again', () => {
  it.each(['.png', '.webp'])('is the same picture from a %s file', async (ending) => {
    const read = (await throughFile(picture(), `picture${ending}`)) as Image
    expect(await read.pixels()).toEqual(levels)
  })

  it('is nearly the same picture from a .jpg file', async () => {
    const grey = Image.from(Tensor.from(new Float32Array(3 * 64).fill(0.5), [1, 8, 8, 3]))
    const read = (await throughFile(grey, 'grey.jpg')) as Image
    for (const value of await read.pixels()) expect(value).toBeCloseTo(0.5, 1)
  })

  it('is the same mask from a picture, which has no alpha', async () => {
    const values = Float32Array.from([0, 51 / 255, 102 / 255, 1])
    const read = (await throughFile(Mask.from(Tensor.from(values, [1, 2, 2])), 'mask.png', 'MASK')) as Mask
    expect(read.tensor.shape).toEqual([1, 2, 2])
    expect(await read.pixels()).toEqual(values)
  })

  it('is the transparency of a picture that has some, as a mask', async () => {
    const pixels = new Float32Array([1, 0, 0, 1, 0, 1, 0, 0])
    const read = await throughFile(Image.from(Tensor.from(pixels, [1, 1, 2, 4])), 'alpha.png', 'MASK')
    expect(await (read as Mask).pixels()).toEqual(new Float32Array([0, 1]))
  })

  it('is the same sound from a .wav file', async () => {
    const sound = Audio.from({ waveform: Tensor.from(levels, [1, 2, 6]), sampleRate: 48_000 })
    const read = (await throughFile(sound, 'sound.wav')) as Audio
    expect(read).toMatchObject({ channels: 2, sampleRate: 48_000 })
    expect(await read.waveform.data()).toEqual(levels)
  })

  it('is the same video from a file of its own container', async () => {
    const read = (await throughFile(Video.from(mp4), 'video.mp4')) as Video
    expect(Buffer.from(await read.bytes()).equals(mp4)).toBe(true)
    expect((await readFile(file('video.mp4'))).equals(mp4)).toBe(true)
  })

  it('is the same 3D file and the same drawing', async () => {
    const bytes = Tensor.from(new Uint8Array([1, 2, 3]))
    const model = ComfyObject.from('File3D', { file: bytes, format: 'glb' }, 'FILE_3D_GLB')
    const read = (await throughFile(model, 'model.glb')) as ComfyObject
    expect(read).toMatchObject({ name: 'File3D', type: 'FILE_3D_GLB', fields: { format: 'glb' } })
    expect(await (read.fields['file'] as Tensor).bytes()).toEqual(new Uint8Array([1, 2, 3]))
    const drawing = (await throughFile(ComfyObject.from('SVG', { data: [bytes] }, 'SVG'), 'a.svg')) as ComfyObject
    expect(drawing).toMatchObject({ name: 'SVG', type: 'SVG' })
  })

  it('is the same JSON, down to whole floats and the digits of large numbers', async () => {
    const value = { list: [1, 1.5, 2n ** 70n, -0], text: 'ä\n"', none: null, yes: true, nested: { deep: [{}] } }
    await throughFile(value, 'data.json')
    await context.importData('floats', await written('floats.json', '{"a": [1.0, 1, 1e3], "__proto__": {"b": 2}}'))
    await context.exportData('floats', file('again.json'))
    expect(await readFile(file('again.json'), 'utf8')).toBe('{"a": [1.0, 1, 1000.0], "__proto__": {"b": 2}}')
    expect(await context.load('in')).toEqual(Object.assign(Object.create(null), value, { nested: expect.anything() }))
  })

  it('is the same number, with its type', async () => {
    for (const [value, type] of [
      [7, 'FLOAT'],
      [7, 'INT'],
      [0.5, 'FLOAT'],
    ] as const) {
      for (const name of ['number.json', 'number.safetensors']) {
        await context.save('out', value, { type })
        await context.exportData('out', file(name), { overwrite: true })
        await context.importData('in', file(name), { overwrite: true })
        expect(context.getStorageInfo('in').type).toBe(type)
        expect(await context.load('in')).toBe(value)
      }
    }
  })

  it('is any value at all from a .safetensors file', async () => {
    const samples = ComfyObject.from('NestedTensor', { tensors: [Tensor.from(levels), Tensor.from(new Int16Array(3))] })
    const values = [
      Latent.from({ samples, type: 'audio' }),
      comfyList([picture(), picture()]),
      { deep: [Tensor.from(levels), NaN, new Uint8Array([1])] },
      [1, 2.5, 'text'],
    ]
    for (const value of values) {
      await throughFile(value, 'any.safetensors')
      expect(context.getStorageInfo('in')).toMatchObject({ ...context.getStorageInfo('out') })
      await context.exportData('in', file('again.safetensors'), { overwrite: true })
      expect(await readFile(file('again.safetensors'))).toEqual(await readFile(file('any.safetensors')))
    }
  })
})

describe('importing', () => {
  it('refuses a key that has a value, before and after the file was read, and leaves that value', async () => {
    await context.save('seed', 1)
    const path = await written('seed.json', '2')
    const refused = { code: 'IMPORT_EXISTS', details: { key: 'seed' } }
    await expect(context.importData('seed', path)).rejects.toMatchObject(refused)
    expect(await context.load('seed')).toBe(1)
    const importing = context.importData('late', path)
    await context.save('late', 1)
    await expect(importing).rejects.toMatchObject({ code: 'IMPORT_EXISTS' })
    await context.importData('seed', path, { overwrite: true })
    expect(await context.load('seed')).toBe(2)
  })

  it('stores as the type that is asked for, and refuses what is not of it', async () => {
    const path = await written('seven.json', '7')
    await context.importData('float', path, { type: 'FLOAT' })
    expect(context.getStorageInfo('float').type).toBe('FLOAT')
    await expect(context.importData('text', path, { type: 'STRING' })).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    expect(context.has('text')).toBe(false)
  })

  it.each([
    ['a missing file', 'missing.png', 'VALUE_NOT_FOUND'],
    ['a missing value file', 'missing.safetensors', 'VALUE_NOT_FOUND'],
    ['a missing JSON file', 'missing.json', 'VALUE_NOT_FOUND'],
    ['an unknown ending', 'notes.docx', 'VALUE_TYPE'],
    ['what is no picture', 'broken.png', 'VALUE_CORRUPT'],
    ['what is no sound', 'broken.wav', 'VALUE_CORRUPT'],
    ['what is no video', 'broken.mp4', 'VALUE_CORRUPT'],
    ['what is no JSON', 'broken.json', 'VALUE_CORRUPT'],
    ['what is no value file', 'broken.safetensors', 'VALUE_CORRUPT'],
  ])('says what is wrong with %s', async (_name, name, code) => {
    if (name.startsWith('broken')) await written(name, '{"no": such file')
    await expect(context.importData('in', file(name))).rejects.toMatchObject({ code })
    expect(context.has('in')).toBe(false)
  })

  it('takes no number of JSON that no float is', async () => {
    const path = await written('large.json', '[1e999]')
    await expect(context.importData('in', path)).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })

  it('reads every JSON as JavaScript does, but for the kinds of numbers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const path = await written('random.json', JSON.stringify(value))
        await context.importData('in', path, { overwrite: true })
        const numbers = (_key: string, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)
        expect(JSON.parse(JSON.stringify(await context.load('in'), numbers))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 100 },
    )
  })
})

describe('exporting', () => {
  it.each([
    ['a number', 7, 'a.png'],
    ['a number', 7, 'a.wav'],
    ['a picture', () => picture(), 'a.wav'],
    ['a sound', () => Audio.from({ waveform: Tensor.from(levels, [1, 1, 12]), sampleRate: 8000 }), 'a.mp4'],
    ['a video', () => Video.from(mp4), 'a.png'],
    ['a video in MP4', () => Video.from(mp4), 'a.webm'],
    ['a video', () => Video.from(mp4), 'a.json'],
    ['a mesh', ComfyObject.from('MESH', {}), 'a.glb'],
    ['a mesh', ComfyObject.from('MESH', {}), 'a.json'],
    ['a 3D file of another format', ComfyObject.from('File3D', { file: Tensor.from(levels), format: 'ply' }), 'a.glb'],
    ['several drawings', ComfyObject.from('SVG', { data: [] }), 'a.svg'],
    ['anything', 7, 'a.docx'],
  ])('refuses %s for %s', async (_name, value, name) => {
    await context.save('out', typeof value === 'function' ? value() : value)
    await expect(context.exportData('out', file(name))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
  })
})

async function written(name: string, text: string): Promise<string> {
  await writeFile(file(name), text)
  return file(name)
}
