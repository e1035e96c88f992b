import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../../src/values/decode-value.ts'
import type { Dtype } from '../../src/values/dtype.ts'
import { fileClasses } from '../../src/media/file-classes.ts'
import { encodeTree } from '../../src/values/encode-tree.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import { readHeaderLength } from '../../src/values/safetensors.ts'
import type { TaggedJson } from '../../src/values/tagged-json.ts'
import { Tensor } from '../../src/values/tensor.ts'
import { layOutValue, readValueHeader } from '../../src/values/value-layout.ts'

interface Golden {
  file: string
  type: string
  list: boolean
  tree: TaggedJson
  tensors: Record<string, { dtype: Dtype; shape: number[]; hex: string }>
}

const folder = new URL('../golden/', import.meta.url)
const { values } = JSON.parse(readFileSync(new URL('values.json', folder), 'utf8')) as { values: Golden[] }

function open(golden: Golden) {
  const bytes = new Uint8Array(readFileSync(new URL(golden.file, folder)))
  const dataStart = 8 + readHeaderLength(bytes.subarray(0, 8), bytes.length, golden.file)
  const header = readValueHeader(bytes.subarray(8, dataStart), bytes.length - dataStart, golden.file)
  const tensors = new Map(
    [...header.tensors].map(([name, { dtype, shape, start, end }]) => {
      return [name, Tensor.from(bytes.subarray(dataStart + start, dataStart + end), shape, dtype)]
    }),
  )
  return { bytes, dataStart, header, tensors }
}

function joined(head: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([head, ...parts]))
}

describe.each(values)('the file $file of the Python side', (golden) => {
  it('says what values.json says', async () => {
    const { header, tensors, dataStart } = open(golden)
    expect(dataStart % 64).toBe(0)
    expect({ type: header.type, list: header.list, tree: header.tree }).toEqual({
      type: golden.type,
      list: golden.list,
      tree: golden.tree,
    })
    expect([...tensors.keys()].toSorted((a, b) => Number(a) - Number(b))).toEqual(Object.keys(golden.tensors))
    for (const [name, { dtype, shape, hex }] of Object.entries(golden.tensors)) {
      const tensor = tensors.get(name)!
      expect({ dtype: tensor.dtype, shape: tensor.shape }).toEqual({ dtype, shape })
      expect(Buffer.from(await tensor.bytes()).toString('hex')).toBe(hex)
      await tensor.data()
    }
  })

  it('is written again byte for byte', async () => {
    const { bytes, header, tensors } = open(golden)
    const ordered = Array.from({ length: tensors.size }, (_, index) => tensors.get(String(index))!)
    const { head, order, byteLength } = layOutValue({ ...header, tensors: ordered })
    expect(joined(head, await Promise.all(order.map((tensor) => tensor.bytes())))).toEqual(bytes)
    expect(byteLength).toBe(bytes.length)
  })

  it('comes back the same after it was decoded and encoded', () => {
    const { header, tensors } = open(golden)
    const value = decodeValue({ ...header, id: golden.file, tensor: (name) => tensors.get(name), classes: fileClasses })
    const encoded = golden.list ? encodeValue(value, golden.type) : { tree: encodeTree(value, []) }
    expect(encoded.tree).toEqual(golden.tree)
  })
})
