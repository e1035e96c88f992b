import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openValueFile } from '../../src/context/storage/read-value-file.ts'
import { fileClasses } from '../../src/media/file-classes.ts'
import { decodeValue } from '../../src/values/decode-value.ts'
import type { Dtype } from '../../src/values/dtype.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import { Tensor } from '../../src/values/tensor.ts'
import { layOutValue } from '../../src/values/value-layout.ts'
import { anyValue } from '../support/any-value.ts'
import { type PythonValues, startPythonValues } from './support/python-values.ts'

let folder: string
let python: PythonValues
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-round-trip-'))
  python = startPythonValues(inject('launch').python)
})
afterAll(async () => {
  await python[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function fileOf(value: unknown): Promise<Buffer> {
  const { head, order } = layOutValue(encodeValue(value))
  return Buffer.concat([head, ...(await Promise.all(order.map((tensor) => tensor.bytes())))])
}

async function read(path: string): Promise<unknown> {
  const bytes = await readFile(path)
  const { type, list, tree, tensors, dataStart } = await openValueFile(path, path)
  const tensor = (name: string) => {
    const { start, end, shape, dtype } = tensors.get(name)!
    return Tensor.from(new Uint8Array(bytes.subarray(dataStart + start, dataStart + end)), shape, dtype)
  }
  return decodeValue({ id: path, type, list, tree, tensor, classes: fileClasses })
}

/** The file of a value after Python read it and wrote it anew. */
async function throughPython(file: Buffer, task: 'rewrite' | 'widen' = 'rewrite'): Promise<string> {
  const [source, target] = [join(folder, 'source.safetensors'), join(folder, 'target.safetensors')]
  await writeFile(source, file)
  await python.run(task, source, target)
  return target
}

describe('a value on the way from here to Python and back', () => {
  it('is the same bit for bit, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue(true), async (value) => {
        const file = await fileOf(value)
        const path = await throughPython(file)
        expect((await readFile(path)).equals(file)).toBe(true)
        const { type } = await openValueFile(path, path)
        const again = encodeValue(await read(path), type)
        const { tree } = encodeValue(value)
        expect(again.tree).toEqual(tree)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['F16', 65_536],
    ['BF16', 65_536],
    ['F8_E4M3', 256],
    ['F8_E4M3FNUZ', 256],
    ['F8_E5M2', 256],
    ['F8_E5M2FNUZ', 256],
    ['F8_E8M0', 256],
  ] as [Dtype, number][])('has every pattern of %s widened here as PyTorch widens it', async (dtype, patterns) => {
    const bits =
      patterns === 256
        ? Uint8Array.from({ length: 256 }, (_, pattern) => pattern)
        : Uint16Array.from({ length: patterns }, (_, pattern) => pattern)
    const tensor = Tensor.from(bits, [patterns], dtype)
    const wide = (await read(await throughPython(await fileOf(tensor), 'widen'))) as Tensor
    expect(wide.dtype).toBe('F32')
    // Values and their signs; which NaN is given differs between processors.
    expect(await tensor.data()).toEqual(await wide.data())
  })
})
