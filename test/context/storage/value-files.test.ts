import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ContextStore, type StoreOptions } from '../../../src/context/context-store.ts'
import type { StoredValue } from '../../../src/context/stored-value.ts'
import { Tensor } from '../../../src/values/tensor.ts'

const KB = 1024
let work: string
let roots: { ram: string; disk: string }
const stores: ContextStore[] = []
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'discomfort-places-'))
  roots = { ram: join(work, 'memory'), disk: join(work, 'disk') }
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await rm(work, { recursive: true, force: true })
})

/** A store with memory for so many values of 100 KB. */
function open(values: number, options: StoreOptions = {}): ContextStore {
  const store = new ContextStore(roots, { maxRamGb: (values * 101 * KB) / 2 ** 30, ...options })
  stores.push(store)
  return store
}

const bytes = (filler: number) => Tensor.from(new Uint8Array(100 * KB).fill(filler))

async function save(store: ContextStore, key: string, filler: number, useRam = true): Promise<StoredValue> {
  const value = await store.prepare(bytes(filler), '*', key, useRam)
  store.commit([[key, value]])
  return value
}

async function read(store: ContextStore, key: string): Promise<number | undefined> {
  const tensor = (await store.decode(store.get(key)!, key)) as Tensor
  return (await tensor.data())[0] as number
}

const placesOf = (store: ContextStore) => store.keys().map((key) => store.placeOf(store.get(key)!))
const fileOn = (store: ContextStore, place: 'ram' | 'disk', { receipt }: StoredValue) =>
  join(store.folders.at(place), `${receipt.id}.safetensors`)

describe('values in memory', () => {
  it('move to disk when it is full, those first that were used longest ago, and read the same', async () => {
    const store = open(2)
    const first = await save(store, 'a', 1)
    await save(store, 'b', 2)
    const lazy = (await store.decode(first)) as Tensor
    await store.ensureFile(first)
    await save(store, 'c', 3)
    expect(placesOf(store)).toEqual(['ram', 'disk', 'ram'])
    await save(store, 'd', 4)
    expect(placesOf(store)).toEqual(['disk', 'disk', 'ram', 'ram'])
    for (const [key, filler] of ['a', 'b', 'c', 'd'].entries()) expect(await read(store, filler)).toBe(key + 1)
    expect((await lazy.data())[99]).toBe(1)
    expect(existsSync(fileOn(store, 'ram', first))).toBe(false)
    expect(store.ramLeft).toBeLessThan(101 * KB)
  })

  it('come back when a run uses them and there is room', async () => {
    const store = open(1)
    const first = await save(store, 'a', 1)
    await save(store, 'b', 2)
    await store.ensureFile(first)
    expect(placesOf(store)).toEqual(['disk', 'ram'])
    store.delete('b')
    await store.ensureFile(first)
    expect(placesOf(store)).toEqual(['ram'])
    expect(await read(store, 'a')).toBe(1)
    await expect.poll(() => existsSync(fileOn(store, 'disk', first))).toBe(false)
  })

  it('are not used for what is larger than all of it, or where that is not wanted', async () => {
    const store = open(0.5)
    await save(store, 'a', 1)
    expect(placesOf(store)).toEqual(['disk'])
    expect(store.ramLeft).toBe(Math.floor(0.5 * 101 * KB))
    const wanting = open(9)
    await save(wanting, 'a', 1, false)
    const without = open(9, { useRam: false })
    await save(without, 'a', 1)
    expect([...placesOf(wanting), ...placesOf(without)]).toEqual(['disk', 'disk'])
    expect(without.ramLeft).toBe(0)
  })

  it('stay there where the disk has no room for them', async () => {
    const store = open(1)
    const first = await save(store, 'a', 1)
    // What cannot be made on disk stays: the name is taken.
    await writeFile(join(store.folders.at('disk'), `.${first.receipt.id}.${process.pid}.tmp`), '')
    await save(store, 'b', 2)
    expect(placesOf(store)).toEqual(['ram', 'ram'])
    expect(await read(store, 'a')).toBe(1)
  })

  it('are counted again when the server wrote more than there was left', async () => {
    const store = open(1)
    store.ensureFolders()
    const made = await save(store, 'a', 1)
    const text = await readFile(fileOn(store, 'ram', made))
    const id = '6ba7b810-9dad-41d1-80b4-00c04fd430c8'
    await writeFile(join(store.folders.at('ram'), `${id}.safetensors`), text)
    store.commit([['b', store.adopt({ ...made.receipt, id })]])
    await expect.poll(() => placesOf(store)).toEqual(['disk', 'ram'])
  })

  it('are gone from both places with their keys and their context', async () => {
    const store = open(1)
    await save(store, 'a', 1)
    await save(store, 'b', 2)
    store.delete('a')
    store.delete('b')
    const files = async (place: 'ram' | 'disk') =>
      (await readdir(store.folders.at(place))).filter((name) => name !== 'owner.json')
    await expect.poll(async () => [...(await files('ram')), ...(await files('disk'))]).toEqual([])
    await store.close()
    expect([...(await readdir(roots.ram)), ...(await readdir(roots.disk))]).toEqual([])
  })

  it('limits that are no numbers are refused', () => {
    for (const options of [{ maxRamGb: -1 }, { maxRamPercent: 101 }, { maxRamPercent: Number.NaN }])
      expect(() => new ContextStore(roots, options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})

describe('values on disk', () => {
  const damages: Record<string, (path: string) => Promise<void>> = {
    'a flipped bit': async (path) => {
      const content = await readFile(path)
      content[content.length - 1] = (content.at(-1) ?? 0) ^ 1
      await writeFile(path, content)
    },
    'a lost end': (path) => truncate(path, 1000),
  }

  it.each(Object.entries(damages))(
    'are compared with their checksum: %s is found, and never used',
    async (_name, damage) => {
      const store = open(0)
      const value = await save(store, 'a', 1)
      expect(value.receipt.digest).toMatch(/^crc32:[0-9a-f]{8}$/)
      await damage(fileOn(store, 'disk', value))
      await expect(read(store, 'a')).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
      await expect(store.verifiedPath(value)).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
    },
  )

  it('show any damage, 50 by chance, in a tensor as in a text', async () => {
    const store = open(0)
    const values = { tensor: bytes(7), text: 'x'.repeat(100_000) }
    const damage = fc.record({
      key: fc.constantFrom('tensor' as const, 'text' as const),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.nat(7),
      isCut: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ key, at, bit, isCut }) => {
        const value = await store.prepare(values[key], '*', key)
        store.commit([[key, value]])
        const path = fileOn(store, 'disk', value)
        const content = await readFile(path)
        const place = Math.floor(at * content.length)
        content[place] = (content[place] ?? 0) ^ (1 << bit)
        await writeFile(path, isCut ? content.subarray(0, place) : content)
        const used = (async () => {
          const found = await store.decode(store.get(key)!, key)
          return found instanceof Tensor ? found.data() : found
        })()
        await expect(used).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
      }),
      { numRuns: 50 },
    )
  })

  it('do not come back to memory damaged', async () => {
    const store = open(1)
    const value = await save(store, 'a', 1)
    await save(store, 'b', 2)
    store.delete('b')
    await (damages['a flipped bit'] as (path: string) => Promise<void>)(fileOn(store, 'disk', value))
    await store.ensureFile(value)
    expect(placesOf(store)).toEqual(['disk'])
    await expect(read(store, 'a')).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })
})
