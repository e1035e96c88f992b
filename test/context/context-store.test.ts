import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ContextStore } from '../../src/context/context-store.ts'
import type { Resident } from '../../src/context/resident.ts'
import type { StoredValue } from '../../src/context/stored-value.ts'
import type { Image } from '../../src/image/image.ts'
import { Tensor } from '../../src/values/tensor.ts'

const golden = new URL('../golden/', import.meta.url)
const imageBytes = statSync(new URL('image.safetensors', golden)).size
let root: string
let store: ContextStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'discomfort-store-'))
  store = new ContextStore({ ram: undefined, disk: root })
})
afterEach(async () => {
  await store.close()
  await rm(root, { recursive: true, force: true })
})

const tensor = (...values: number[]) => Tensor.from(new Float32Array(values))
const file = ({ receipt }: StoredValue) => join(store.folders.at('disk'), `${receipt.id}.safetensors`)

describe('preparing and committing', () => {
  it('binds nothing until the commit, which binds all', async () => {
    const [a, b] = [await store.prepare(7, 'INT'), await store.prepare(tensor(1))]
    expect(store.keys()).toEqual([])
    expect(existsSync(file(b))).toBe(true)
    store.commit([
      ['a', a],
      ['b', b],
    ])
    expect(store.get('a')).toBe(a)
    expect(store.get('b')).toBe(b)
    expect(store.get('c')).toBeUndefined()
    expect(a).toEqual({
      receipt: { v: 1, id: a.receipt.id, type: 'INT', list: false, dtype: null, shape: null, bytes: 0 },
      tree: { int: '7' },
    })
    expect(b.receipt).toMatchObject({ type: '*', dtype: 'F32', shape: [1] })
  })

  it('binds nothing where one value is gone', async () => {
    const [a, b] = [await store.prepare(1), await store.prepare(tensor(1))]
    store.hold(b)()
    expect(() =>
      store.commit([
        ['a', a],
        ['b', b],
      ]),
    ).toThrow(expect.objectContaining({ code: 'VALUE_GONE', details: expect.objectContaining({ key: 'b' }) }))
    expect(store.keys()).toEqual([])
  })

  it('keeps a file while a key or a hold uses it, and no longer', async () => {
    const value = await store.prepare(tensor(1))
    const [first, second] = [store.hold(value), store.hold(value)]
    store.commit([['a', value]])
    store.commit([['a', await store.prepare(1)]])
    first()
    first()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(existsSync(file(value))).toBe(true)
    expect(await ((await store.decode(value)) as Tensor).data()).toEqual(new Float32Array([1]))
    second()
    await expect.poll(() => existsSync(file(value))).toBe(false)
    await expect(store.decode(value, 'a')).rejects.toMatchObject({ code: 'VALUE_GONE' })
    expect(() => store.hold(value)).toThrow(expect.objectContaining({ code: 'VALUE_GONE' }))
  })

  it('takes values without a file again after they were let go', async () => {
    const value = await store.prepare('text')
    store.hold(value)()
    store.commit([['a', value]])
    expect(await store.decode(store.get('a')!, 'a', 'STRING')).toBe('text')
  })

  it('of scalars touches no file', async () => {
    for (let round = 0; round < 100; round++) store.commit([['a', await store.prepare(round, 'INT')]])
    expect(store.get('a')?.tree).toEqual({ int: '99' })
    expect(await readdir(root)).toEqual([])
  })
})

describe('adopting what the server made', () => {
  const receipt = (change: object = {}) => ({
    v: 1,
    id: randomUUID(),
    type: 'INT',
    list: false,
    dtype: null,
    shape: null,
    bytes: 0,
    ...change,
  })

  it('takes a tree', async () => {
    store.commit([['a', store.adopt(receipt(), { int: '7' })]])
    expect(await store.decode(store.get('a')!, 'a', 'INT')).toBe(7)
  })

  it('takes what stays alive in the server, whose lease goes with its last key or with the context', async () => {
    store.ensureFolders()
    const folder = store.folders.at('disk')
    const made = receipt({ type: 'MODEL' })
    const lease = join(folder, `${made.id}.resident`)
    await writeFile(lease, '')
    const value = store.adoptResident(made)
    const resident = (await store.decode(value)) as Resident
    expect(JSON.stringify(resident)).toBe('{"resident":"MODEL","list":false,"dtype":null,"shape":null}')
    store.commit([
      ['a', value],
      ['b', await store.prepare(resident)],
    ])
    await expect(store.decode(value, 'a', 'IMAGE')).rejects.toMatchObject({ code: 'VALUE_IS_REFERENCE' })
    store.delete('a')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(existsSync(lease)).toBe(true)
    store.delete('b')
    await expect.poll(() => existsSync(lease)).toBe(false)
    await expect(store.prepare(resident)).rejects.toMatchObject({ code: 'VALUE_GONE' })
    expect(() => store.adoptResident(receipt({ id: '../x' }))).toThrow(
      expect.objectContaining({ code: 'VALUE_CORRUPT' }),
    )
  })

  it('takes a file that lies in the folder of the context', async () => {
    store.ensureFolders()
    const folder = store.folders.at('disk')
    expect(folder).toBe(store.folders.at('disk'))
    const made = receipt({ type: 'IMAGE', dtype: 'F32', shape: [1, 4, 4, 3], bytes: imageBytes })
    await copyFile(new URL('image.safetensors', golden), join(folder, `${made.id}.safetensors`))
    const value = store.adopt(made)
    expect(store.adopt(made)).toBe(value)
    const image = (await store.decode(value, 'a', 'IMAGE')) as Image
    expect([image.width, image.height]).toEqual([4, 4])
    store.commit([['a', value]])
    store.delete('a')
    await expect.poll(() => existsSync(file(value))).toBe(false)
  })

  it('removes the folder that the server made, also where nothing needed it', async () => {
    await mkdir(store.folders.at('disk'))
    await store.close()
    expect(await readdir(root)).toEqual([])
  })

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['an id that is a path', { id: '../../etc/passwd' }],
    ['an id in capitals', { id: randomUUID().toUpperCase() }],
    ['a negative size', { bytes: -1 }],
    ['half a shape', { shape: [0.5] }],
    ['no list', { list: 'no' }],
  ])('refuses a receipt with %s', (_, change) => {
    expect(() => store.adopt(receipt(change), null)).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
  })

  it('refuses a list that is none, and trees that are none', () => {
    const corrupt = expect.objectContaining({ code: 'VALUE_CORRUPT' }) as object
    expect(() => store.adopt(receipt({ list: true }), 'text')).toThrow(corrupt)
    expect(() => store.adopt(receipt(), { int: 'seven' })).toThrow(corrupt)
    expect(() => store.adopt(receipt(), { tensor: '0' })).toThrow(corrupt)
    expect(store.keys()).toEqual([])
  })

  it('refuses a file that is not the one of the receipt', async () => {
    store.ensureFolders()
    const folder = store.folders.at('disk')
    for (const change of [
      { type: 'MASK', bytes: imageBytes },
      { type: 'IMAGE', bytes: imageBytes - 1 },
      { type: 'IMAGE', list: true, bytes: imageBytes },
    ]) {
      const made = receipt({ dtype: 'F32', shape: [1, 4, 4, 3], ...change })
      await copyFile(new URL('image.safetensors', golden), join(folder, `${made.id}.safetensors`))
      await expect(store.decode(store.adopt(made))).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
    }
  })
})

describe('a file for a value without one', () => {
  it('is written once, for loader nodes, and goes with the value', async () => {
    const value = await store.prepare({ a: 1 })
    await Promise.all([store.ensureFile(value), store.ensureFile(value)])
    await store.ensureFile(value)
    expect(existsSync(file(value))).toBe(true)
    store.commit([['a', value]])
    expect(await store.decode(value)).toEqual({ a: 1 })
    store.delete('a')
    await expect.poll(() => existsSync(file(value))).toBe(false)
  })

  it('goes also where the value is let go while it is written', async () => {
    const value = await store.prepare({ a: 1 })
    const release = store.hold(value)
    const writing = store.ensureFile(value)
    release()
    await writing
    await expect
      .poll(async () => (await readdir(store.folders.at('disk'))).filter((name) => name !== 'owner.json'))
      .toEqual([])
  })

  it('is there already for a value with tensors', async () => {
    const value = await store.prepare(tensor(1))
    await store.ensureFile(value)
    expect((await readdir(store.folders.at('disk'))).toSorted()).toEqual(
      [`${value.receipt.id}.safetensors`, 'owner.json'].toSorted(),
    )
  })
})
