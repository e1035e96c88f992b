import { decodeTree } from '../values/decode-tree.ts'
import { readHeaderLength } from '../values/safetensors.ts'
import { Tensor } from '../values/tensor.ts'
import { readValueHeader } from '../values/value-layout.ts'

/** The value in the bytes of a value file: tensors as `Tensor`, all else as plain data. */
export function readValue(bytes: Buffer, id: string): unknown {
  const start = 8 + readHeaderLength(bytes, bytes.length, id)
  const { tree, tensors } = readValueHeader(bytes.subarray(8, start), bytes.length - start, id)
  return decodeTree(tree, {
    id,
    tensor(name) {
      const entry = tensors.get(name)
      if (!entry) return undefined
      const begin = start + entry.start
      return new Tensor(entry.dtype, entry.shape, {
        read: async (offset, length) => bytes.subarray(begin + offset, begin + offset + length),
      })
    },
  })
}
