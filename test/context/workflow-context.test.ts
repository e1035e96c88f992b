import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { contextStore, WorkflowContext } from '../../src/context/workflow-context.ts'
import { Image } from '../../src/image/image.ts'
import { comfyList } from '../../src/values/comfy-list.ts'
import { Latent } from '../../src/values/latent.ts'
import { Mask } from '../../src/values/mask.ts'
import { Tensor } from '../../src/values/tensor.ts'

let root: string
let context: WorkflowContext
beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'discomfort-context-')), 'store')
  context = new WorkflowContext({}, { ram: undefined, disk: root })
})
afterEach(async () => {
  await context.shutdown()
  await rm(join(root, '..'), { recursive: true, force: true })
})

function imageOf(...values: number[]): Image {
  return Image.from(Tensor.from(new Float32Array(values), [values.length / 3, 1, 1, 3]))
}

/** The value files that lie in the context's folder. */
async function files(): Promise<string[]> {
  const names = await readdir(context[contextStore].folders.at('disk')).catch(() => [])
  return names.filter((name) => name.endsWith('.safetensors'))
}

async function settled(count: number): Promise<void> {
  await expect.poll(files).toHaveLength(count)
}

describe('saving and loading', () => {
  it('gives back values of every kind, typed', async () => {
    await context.save('seed', 7)
    await context.save('big', 2n ** 64n - 1n)
    await context.save('text', 'lone \ud800')
    await context.save('flag', false)
    await context.save('image', imageOf(0, 0.5, 1))
    await context.save('mask', Mask.from(Tensor.from(new Float32Array([0.25]), [1, 1, 1])))
    await context.save(
      'latent',
      Latent.from({ samples: Tensor.from(new Float32Array(4), [1, 4, 1, 1]), batch_index: [3] }),
    )
    const seed = await context.load('seed', 'INT')
    expectTypeOf(seed).toEqualTypeOf<number>()
    expect(seed).toBe(7)
    expect(await context.load('seed', 'FLOAT')).toBe(7)
    expect(await context.load('big', 'BIGINT')).toBe(2n ** 64n - 1n)
    expect(await context.load('big')).toBe(2n ** 64n - 1n)
    expect(await context.load('text', 'STRING')).toBe('lone \ud800')
    expect(await context.load('flag', 'BOOLEAN')).toBe(false)
    const image = await context.load('image', 'IMAGE')
    expectTypeOf(image).toEqualTypeOf<Image>()
    expect(await image.pixels()).toEqual(new Float32Array([0, 0.5, 1]))
    expect(await (await context.load('mask', 'MASK')).pixels()).toEqual(new Float32Array([0.25]))
    expect((await context.load('latent', 'LATENT')).batchIndex).toEqual([3])
    expect(await context.load('image')).toBeInstanceOf(Image)
    expect(context.listKeys()).toEqual(['seed', 'big', 'text', 'flag', 'image', 'mask', 'latent'])
  })

  it('stores 7 as the float 7.0 where a type says so', async () => {
    await context.save('strength', 7, { type: 'FLOAT' })
    expect(context.getStorageInfo('strength').type).toBe('FLOAT')
    await expect(context.load('strength', 'INT')).rejects.toMatchObject({ code: 'VALUE_TYPE' })
  })

  it('keeps values with several tensors, also unaligned ones', async () => {
    const value = {
      bytes: Tensor.from(new Uint8Array([1, 2, 3])),
      doubles: Tensor.from(new Float64Array([Math.PI])),
      nested: [new Map([[1, Tensor.from(new Uint16Array([0x3c00]), [1], 'F16')]])],
      empty: Tensor.from(new Float32Array(0), [0, 4]),
      ints: Tensor.from(new BigInt64Array([-1n])),
    }
    await context.save('many', value)
    const found = (await context.load('many')) as typeof value
    expect(await found.bytes.data()).toEqual(new Uint8Array([1, 2, 3]))
    expect(await found.doubles.data()).toEqual(new Float64Array([Math.PI]))
    expect(await found.nested[0]!.get(1)!.data()).toEqual(new Float32Array([1]))
    expect(found.empty.shape).toEqual([0, 4])
    expect(await found.ints.data()).toEqual(new BigInt64Array([-1n]))
  })

  it('is a snapshot: what happens to the value later changes nothing', async () => {
    const [array, record] = [new Float32Array([1]), { a: [1] }]
    await context.save('tensor', Tensor.from(array))
    await context.save('record', record)
    array[0] = 2
    record.a.push(2)
    expect(await ((await context.load('tensor')) as Tensor).data()).toEqual(new Float32Array([1]))
    expect(await context.load('record')).toEqual({ a: [1] })
    ;((await context.load('record')) as typeof record).a.push(3)
    expect(await context.load('record')).toEqual({ a: [1] })
  })

  it('keeps lists as lists', async () => {
    await context.save('list', comfyList([imageOf(0, 0, 0), imageOf(1, 1, 1)]))
    expect(context.getStorageInfo('list')).toMatchObject({ type: 'IMAGE', list: true, dtype: null, shape: null })
    const list = (await context.load('list')) as Image[]
    expect(await Promise.all(list.map((image) => image.pixels()))).toEqual([
      new Float32Array(3),
      new Float32Array([1, 1, 1]),
    ])
    await context.save('again', list)
    expect(context.getStorageInfo('again').list).toBe(true)
  })

  it('says what it knows when a key is unknown', async () => {
    await expect(context.load('a')).rejects.toMatchObject({
      code: 'VALUE_NOT_FOUND',
      message: expect.stringContaining('empty') as string,
    })
    await context.save('known', 1)
    await expect(context.load('a')).rejects.toMatchObject({ details: { key: 'a', known: ['known'] } })
    expect(() => context.getStorageInfo('a')).toThrow(expect.objectContaining({ code: 'VALUE_NOT_FOUND' }))
    await expect(context.exportData('a', join(root, 'a.png'))).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
    expect(context.has('a')).toBe(false)
    expect(context.delete('a')).toBe(false)
  })

  it.each([
    '__proto__',
    'constructor',
    '../../x',
    '/etc/passwd',
    'a\0b',
    '',
    'x'.repeat(10_000),
    'ü 😀 \ud800',
    'CON',
    '.',
  ])('takes any string as a key (%j)', async (key) => {
    await context.save(key, imageOf(1, 1, 1))
    await context.save(`${key}!`, 'other')
    expect(await (await context.load(key, 'IMAGE')).pixels()).toEqual(new Float32Array([1, 1, 1]))
    expect(context.listKeys()).toEqual([key, `${key}!`])
    expect(context.delete(key)).toBe(true)
    expect(context.has(key)).toBe(false)
    expect(await readdir(root)).toEqual([context[contextStore].contextId])
    await expect(context.load(key)).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
  })

  it('refuses what cannot be stored, and keeps the old value', async () => {
    await context.save('a', 1)
    await expect(context.save('a', [() => 1])).rejects.toMatchObject({
      code: 'VALUE_TYPE',
      message: expect.stringMatching(/^The value "a": value\[0\] is function/) as string,
      details: { key: 'a', reason: 'value[0]' },
    })
    await expect(context.save('a', 7.9, { type: 'INT' })).rejects.toMatchObject({
      code: 'VALUE_TYPE',
      details: { key: 'a' },
    })
    await expect(context.save(7 as unknown as string, 1)).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    expect(await context.load('a')).toBe(1)
  })
})

describe('where values lie', () => {
  it('is nowhere until a value needs a file', async () => {
    await context.save('a', { numbers: [1, 2.5], text: 'x'.repeat(60_000) })
    await context.load('a')
    await context.shutdown()
    expect(existsSync(root)).toBe(false)
  })

  it('is a file that only its owner can read, from a tensor or from 65,537 characters on', async () => {
    await context.save('short', 'x'.repeat(65_534))
    expect(context.getStorageInfo('short')).toEqual({
      type: 'STRING',
      list: false,
      dtype: null,
      shape: null,
      bytes: 65_536,
      storage: 'inline',
    })
    expect(existsSync(root)).toBe(false)
    await context.save('long', 'x'.repeat(65_535))
    expect(context.getStorageInfo('long').storage).toBe('disk')
    expect(await context.load('long', 'STRING')).toBe('x'.repeat(65_535))
    await context.save('image', imageOf(1, 1, 1))
    const info = context.getStorageInfo('image')
    expect(info).toMatchObject({ type: 'IMAGE', list: false, dtype: 'F32', shape: [1, 1, 1, 3], storage: 'disk' })
    const folder = context[contextStore].folders.at('disk')
    const sizes = await Promise.all((await files()).map(async (name) => (await stat(join(folder, name))).size))
    expect(sizes).toContain(info.bytes)
    expect(context.getUsage()).toMatchObject({ keys: 3, files: 2, bytes: sizes[0]! + sizes[1]! })
    if (process.platform === 'win32') return
    for (const place of [folder, join(folder, (await files())[0]!)]) expect((await stat(place)).mode & 0o077).toBe(0)
  })

  it('is shared by keys that hold the same value', async () => {
    await context.save('a', imageOf(1, 0, 1))
    await context.save('b', await context.load('a', 'IMAGE'))
    await context.save('list', comfyList([imageOf(0, 0, 0), 7]))
    await context.save('list2', await context.load('list'))
    expect(await files()).toHaveLength(2)
    context.delete('a')
    expect(await (await context.load('b', 'IMAGE')).pixels()).toEqual(new Float32Array([1, 0, 1]))
    context.delete('b')
    await settled(1)
  })

  it('is not shared where the value is another one', async () => {
    await context.save('batch', imageOf(0, 0, 0, 1, 1, 1))
    const batch = await context.load('batch', 'IMAGE')
    await context.save('second', batch.slice(1))
    await context.save('tensor', batch.tensor)
    await context.save('pair', [batch.tensor, 1])
    expect(await files()).toHaveLength(4)
    expect(await (await context.load('second', 'IMAGE')).pixels()).toEqual(new Float32Array([1, 1, 1]))
    expect(context.getStorageInfo('tensor').type).toBe('*')
  })

  it('is not shared between contexts', async () => {
    await using other = new WorkflowContext({}, { ram: undefined, disk: root })
    await context.save('a', imageOf(1, 0, 1))
    await other.save('a', await context.load('a', 'IMAGE'))
    await context.shutdown()
    expect(await (await other.load('a', 'IMAGE')).pixels()).toEqual(new Float32Array([1, 0, 1]))
  })
})

describe('the life of a loaded value', () => {
  it.each<[string, () => unknown]>([
    ['overwritten', () => context.save('a', imageOf(1, 1, 1))],
    ['deleted', () => context.delete('a')],
    ['closed', () => context.shutdown()],
  ])('ends when its key is %s', async (_, end) => {
    await context.save('a', imageOf(0, 0, 0))
    const image = await context.load('a', 'IMAGE')
    const part = image.slice(0, 1)
    await end()
    await expect(image.pixels()).rejects.toMatchObject({ code: 'VALUE_GONE', details: { key: 'a' } })
    await expect(part.pixels()).rejects.toMatchObject({ code: 'VALUE_GONE' })
    await expect(image.load()).rejects.toMatchObject({ code: 'VALUE_GONE' })
  })

  it('goes on when it was loaded into memory, which can be saved again', async () => {
    await context.save('a', imageOf(0, 0.5, 0))
    const image = await (await context.load('a', 'IMAGE')).load()
    await context.save('a', 1)
    expect(await image.pixels()).toEqual(new Float32Array([0, 0.5, 0]))
    await context.save('b', image)
    expect(await (await context.load('b', 'IMAGE')).pixels()).toEqual(new Float32Array([0, 0.5, 0]))
  })

  it('survives saving it under its own key', async () => {
    await context.save('a', imageOf(0, 0.5, 0))
    const image = await context.load('a', 'IMAGE')
    await context.save('a', image)
    expect(await image.pixels()).toEqual(new Float32Array([0, 0.5, 0]))
    await context.save('a', image.slice(0))
    expect(await (await context.load('a', 'IMAGE')).pixels()).toEqual(new Float32Array([0, 0.5, 0]))
    await settled(1)
  })

  it('removes files that no key uses any more', async () => {
    for (let round = 0; round < 5; round++) await context.save('a', imageOf(round, 0, 0))
    await context.save('b', imageOf(9, 9, 9))
    await settled(2)
    context.delete('a')
    context.delete('b')
    await settled(0)
  })
})

describe('a damaged store', () => {
  async function damage(change: (path: string) => Promise<unknown>): Promise<void> {
    await context.save('a', imageOf(0, 0.5, 0))
    const [name] = await files()
    await change(join(context[contextStore].folders.at('disk'), name!))
  }

  it('tells that a file is missing', async () => {
    await damage(unlink)
    await expect(context.load('a', 'IMAGE')).rejects.toMatchObject({ code: 'VALUE_GONE' })
  })

  it('tells that a file is cut off', async () => {
    await damage((path) => truncate(path, 100))
    await expect(context.load('a', 'IMAGE')).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })

  it('tells that a file is cut off after its header was read', async () => {
    await context.save('a', imageOf(0, 0.5, 0))
    const image = await context.load('a', 'IMAGE')
    const path = join(context[contextStore].folders.at('disk'), (await files())[0]!)
    await truncate(path, (await stat(path)).size - 1)
    await expect(image.pixels()).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })

  it.each(['', 'short', 'x'.repeat(400)])('tells that a file is none (%j)', async (content) => {
    await damage((path) => writeFile(path, content))
    await expect(context.load('a', 'IMAGE')).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })
})

describe('exporting', () => {
  const place = (name: string) => join(root, '..', 'out', name)

  it('writes pictures of images and masks', async () => {
    await context.save('image', imageOf(1, 0, 1))
    await context.save('mask', Mask.from(Tensor.from(new Float32Array([0, 1]), [1, 1, 2])))
    for (const name of ['a.png', 'a.JPG', 'a.webp']) await context.exportData('image', place(name))
    await context.exportData('mask', place('mask.png'))
    expect([...(await sharp(place('a.png')).raw().toBuffer())]).toEqual([255, 0, 255])
    expect(await sharp(place('a.JPG')).metadata()).toMatchObject({ format: 'jpeg' })
    expect(await sharp(place('mask.png')).metadata()).toMatchObject({ channels: 1, width: 2 })
    await context.save('list', comfyList([imageOf(1, 1, 1)]))
    await context.save('batch', imageOf(1, 1, 1, 0, 0, 0))
    await context.save('text', 'x')
    for (const key of ['list', 'batch', 'text']) {
      await expect(context.exportData(key, place('no.png'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    }
    expect(existsSync(place('no.png'))).toBe(false)
  })

  it('writes every value as safetensors', async () => {
    await context.save('image', imageOf(1, 0, 1))
    await context.exportData('image', place('image.safetensors'))
    const [name] = await files()
    expect(await readFile(place('image.safetensors'))).toEqual(
      await readFile(join(context[contextStore].folders.at('disk'), name!)),
    )
    await context.save('number', 7)
    await context.exportData('number', place('number.safetensors'))
    expect((await readFile(place('number.safetensors'))).toString()).toContain('"tree":"{\\"int\\":\\"7\\"}"')
  })

  it('writes JSON of what JSON holds', async () => {
    await context.save('a', { int: 2n ** 64n, float: 0.5, list: [1, null, true, 'ü'], tiny: 1e-7 })
    await context.exportData('a', place('a.json'))
    const text = '{"int": 18446744073709551616, "float": 0.5, "list": [1, null, true, "ü"], "tiny": 1e-07}'
    expect(await readFile(place('a.json'), 'utf8')).toBe(text)
    await context.save('long', 'x'.repeat(100_000))
    await context.exportData('long', place('long.json'))
    expect(JSON.parse(await readFile(place('long.json'), 'utf8'))).toBe('x'.repeat(100_000))
    for (const value of [imageOf(1, 1, 1), NaN, new Map([[1, 2]]), new Uint8Array(1)]) {
      await context.save('b', value)
      await expect(context.exportData('b', place('b.json'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    }
    await expect(context.exportData('a', place('a.txt'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
  })

  it('replaces a file only if told to, and removes the key only if told to', async () => {
    await context.save('a', imageOf(1, 0, 1))
    for (const name of ['a.png', 'a.safetensors']) {
      await context.exportData('a', place(name))
      await expect(context.exportData('a', place(name), { remove: true })).rejects.toMatchObject({
        code: 'EXPORT_EXISTS',
        details: { path: place(name) },
      })
      expect(context.has('a')).toBe(true)
      await context.exportData('a', place(name), { overwrite: true })
    }
    await context.exportData('a', place('a.png'), { overwrite: true, remove: true })
    expect(context.has('a')).toBe(false)
    expect((await readdir(place('.'))).toSorted()).toEqual(['a.png', 'a.safetensors'])
    await settled(0)
  })
})

describe('closing', () => {
  it('removes everything, may be done twice, and refuses what comes after', async () => {
    await context.save('a', imageOf(1, 1, 1))
    await Promise.all([context.shutdown(), context.shutdown()])
    await context.shutdown()
    expect(await readdir(root)).toEqual([])
    const closed = { code: 'CLOSED', details: { what: 'context' } }
    await expect(context.save('a', 1)).rejects.toMatchObject(closed)
    await expect(context.load('a')).rejects.toMatchObject(closed)
    await expect(context.exportData('a', 'a.png')).rejects.toMatchObject(closed)
    for (const call of [
      () => context.has('a'),
      () => context.delete('a'),
      () => context.listKeys(),
      () => context.getUsage(),
      () => context.getStorageInfo('a'),
    ]) {
      expect(call).toThrow(expect.objectContaining(closed))
    }
  })

  it('happens at the end of a block', async () => {
    {
      await using inner = new WorkflowContext({}, { ram: undefined, disk: root })
      await inner.save('a', imageOf(1, 1, 1))
      expect(await readdir(root)).toHaveLength(1)
    }
    expect(await readdir(root)).toEqual([])
  })

  it('ends a save that is under way without leaving anything', async () => {
    const saving = context.save('a', Tensor.from(new Uint8Array(40 * 2 ** 20)))
    const outcome = expect(saving).rejects.toMatchObject({ code: 'CLOSED' })
    await new Promise((resolve) => setTimeout(resolve, 2))
    await context.shutdown()
    await outcome
    expect(await readdir(root).catch(() => [])).toEqual([])
  })
})
