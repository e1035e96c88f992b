import { type FileHandle, open, stat } from 'node:fs/promises'
import { asUnreadable } from '../image/read-source.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import type { Dtype } from '../values/dtype.ts'
import { Tensor } from '../values/tensor.ts'

/**
 * The bytes of a file as a tensor U8 [bytes]. They are read when they are asked for, so a file of any size can go into a
 * context; until then it must stay as it is.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where it cannot be read.
 */
export async function openFileTensor(path: string, what: string): Promise<Tensor> {
  const { size } = await stat(path).catch(asUnreadable(path, what))
  return new Tensor('U8', [size], { read: (offset, length) => readPart(path, what, offset, length) })
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
  const read = (from: number, length: number) => readPart(path, 'file', from, length)
  const tensor = new Tensor(dtype, shape, { read }, offset)
  if (offset + tensor.byteLength <= file.byteLength) return tensor
  throw corruptValue(path, `it has ${file.byteLength} bytes, and ${offset + tensor.byteLength} are needed`)
}

async function readPart(path: string, what: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(path, 'r').catch(asUnreadable(path, what))
  try {
    return await readAll(handle, path, offset, length)
  } finally {
    await handle.close()
  }
}

async function readAll(handle: FileHandle, path: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let position = 0; position < length;) {
    const { bytesRead } = await handle.read(bytes, position, Math.min(length - position, 2 ** 30), offset + position)
    if (bytesRead === 0) throw corruptValue(path, `the file became shorter than ${offset + length} bytes`)
    position += bytesRead
  }
  return bytes
}
