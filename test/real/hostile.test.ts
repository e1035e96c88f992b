import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, Image, Tensor } from 'discomfort'
import { storeRoots } from '../../src/context/places/store-roots.ts'
import { contextStore } from '../../src/context/workflow-context.ts'
import { failure } from '../support/failure.ts'
import { port } from './support/prompts.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

const picture = (value: number) => Image.from(Tensor.from(new Float32Array(12).fill(value), [1, 2, 2, 3]))

describe('names that others chose', () => {
  const names = [
    '../../x',
    '__proto__',
    'constructor',
    '/etc/passwd',
    'C:\\x',
    'a\0b',
    'k'.repeat(10_000),
    '名',
    '\ud83d',
    ' ',
  ]

  it('are names and nothing else: values go in and out under them, and nothing is written outside', async () => {
    await using context = discomfort.context()
    const roots = Object.values(storeRoots()) as string[]
    const around = () => Promise.all(roots.map((root) => readdir(dirname(root))))
    const before = await around()
    for (const [at, name] of names.entries()) {
      await context.save(name, picture(at / 16))
      const outputs = await discomfort.run({ 1: port(name), 2: port(`${name}-out`, ['1', 0]) }, { context })
      const image = (outputs as Record<string, Image>)[`${name}-out`]
      expect((await image?.pixels())?.[0]).toBe(at / 16)
    }
    expect(context.listKeys()).toEqual(names.flatMap((name) => [name, `${name}-out`]))
    expect(({} as Record<string, unknown>)['out']).toBeUndefined()
    expect(await around()).toEqual(before)
    for (const place of ['ram', 'disk'] as const)
      for (const file of await readdir(context[contextStore].folders.at(place)))
        expect(file).toMatch(/^(owner\.json|[0-9a-f-]{36}\.safetensors)$/)
  })
})

describe('a file that somebody changed', () => {
  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    'a flipped bit': (bytes) => {
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 16
      return bytes
    },
    'a lost end': (bytes) => bytes.subarray(0, bytes.length - 4),
    'a header of 2 GB': (bytes) => {
      bytes.writeBigUInt64LE(2n ** 31n)
      return bytes
    },
    'offsets beyond its end': (bytes) =>
      Buffer.from(bytes.toString('latin1').replace('"data_offsets":[0,48]', '"data_offsets":[0,96]'), 'latin1'),
  }

  it.each(Object.entries(damages))(
    'on disk, by %s, is refused by the server and by the library',
    async (_name, damage) => {
      await using context = discomfort.context({ useRam: false })
      await context.save('in', picture(0.5))
      const store = context[contextStore]
      const { id } = store.get('in')!.receipt
      const path = join(store.folders.at('disk'), `${id}.safetensors`)
      await writeFile(path, damage(await readFile(path)))
      const { details } = await failure(
        'VALUE_CORRUPT',
        discomfort.run({ 1: port('in'), 2: port('out', ['1', 0]) }, { context }),
      )
      expect(details.id).toBe(id)
      expect(context.has('out')).toBe(false)
      await expect((async () => (await context.load('in', 'IMAGE')).pixels())()).rejects.toMatchObject({
        code: 'VALUE_CORRUPT',
      })
    },
  )
})
