import { open, stat } from 'node:fs/promises'
import { readAt } from '../image/read-at.ts'
import { asUnreadable } from '../image/read-source.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import type { Dtype } from '../values/dtype.ts'
import { Tensor, type TensorSource } from '../values/tensor.ts'

/**
 * The bytes of a file as a tensor U8 [bytes]. They are read when they are asked for, so a file of any size can go into a
 * context; until then it must stay as it is.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where it cannot be read.
 */
export async function openFileTensor(path: string, what: string): Promise<Tensor> {
  const { size } = await stat(path).catch(asUnreadable(path, what))
  return new Tensor('U8', [size], fileSource(path, what))
}

/** What {@link openTensor} finds in a file. */
export interface FileTensorOptions {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** Where its first byte lies. Default: 0. */
  readonly offset?: number | undefined
}

/**
 * A tensor over the bytes of a file, row-major and little-endian: they are read when they are asked for, so it may be larger
 * than memory. The file must stay as it is until the tensor was saved or read.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where it cannot be read; `VALUE_CORRUPT` where it is too short.
 * @example
 * const frames = await openTensor('frames.f32', { dtype: 'F32', shape: [500, 1080, 1920, 3] })
 * await context.save('video', Image.from(frames))
 */
export async function openTensor(path: string, { dtype, shape, offset = 0 }: FileTensorOptions): Promise<Tensor> {
  const file = await openFileTensor(path, 'file')
  const tensor = new Tensor(dtype, shape, fileSource(path, 'file'), offset)
  if (offset + tensor.byteLength <= file.byteLength) return tensor
  throw corruptValue(path, `it has ${file.byteLength} bytes, and ${offset + tensor.byteLength} are needed`)
}

function fileSource(path: string, what: string): TensorSource {
  return {
    async read(offset, length) {
      const handle = await open(path, 'r').catch(asUnreadable(path, what))
      try {
        return await readAt(handle, offset, length, () =>
          corruptValue(path, `the file became shorter than ${offset + length} bytes`),
        )
      } finally {
        await handle.close()
      }
    },
  }
}
