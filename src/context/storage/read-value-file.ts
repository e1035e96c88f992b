import { type FileHandle, open } from 'node:fs/promises'
import { DiscomfortError } from '../../errors.ts'
import { corruptValue } from '../../values/corrupt-value.ts'
import { readHeaderLength } from '../../values/safetensors.ts'
import { readValueHeader, type ValueHeader } from '../../values/value-layout.ts'

/** A value file whose header was read; `dataStart` is where its tensors begin, `bytes` its size. */
export interface OpenedValueFile extends ValueHeader {
  readonly dataStart: number
  readonly bytes: number
}

/** Most headers are shorter than this, and come with the first read. */
const FIRST_READ = 4096
/** The most that one read of Linux, macOS and Windows gives. */
const READ_LIMIT = 2 ** 30

/**
 * Reads the header of a value file.
 *
 * @throws {@link DiscomfortError} `VALUE_GONE` where there is no file; `VALUE_CORRUPT` where it is damaged.
 */
export async function openValueFile(path: string, id: string): Promise<OpenedValueFile> {
  return withFile(path, id, async (handle) => {
    const { size } = await handle.stat()
    const first = await readAt(handle, id, 0, Math.min(size, FIRST_READ))
    const length = readHeaderLength(first, size, id)
    const dataStart = 8 + length
    const header = dataStart <= first.length ? first.subarray(8, dataStart) : await readAt(handle, id, 8, length)
    return { ...readValueHeader(header, size - dataStart, id), dataStart, bytes: size }
  })
}

/**
 * Reads some bytes of a value file. It is opened for each read: so a value that nobody uses any more holds no handle.
 *
 * @throws {@link DiscomfortError} `VALUE_GONE` where there is no file; `VALUE_CORRUPT` where it is too short.
 */
export async function readValueBytes(path: string, id: string, offset: number, length: number): Promise<Uint8Array> {
  return withFile(path, id, (handle) => readAt(handle, id, offset, length))
}

/** The error for a version of a value that was overwritten, deleted or closed with its context. */
export function valueGone(id: string, key?: string, cause?: unknown): DiscomfortError<'VALUE_GONE'> {
  const subject = key === undefined ? `The value ${id}` : `The value ${JSON.stringify(key.slice(0, 80))} (${id})`
  const message = `${subject} is gone: its key was overwritten or deleted, or its context was closed. Use "await value.load()" to keep a value beyond that.`
  return new DiscomfortError('VALUE_GONE', message, { details: { id, ...(key === undefined ? {} : { key }) }, cause })
}

async function withFile<Result>(
  path: string,
  id: string,
  use: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? valueGone(id, undefined, error) : error
  }
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

async function readAt(handle: FileHandle, id: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let position = 0; position < length;) {
    const wanted = Math.min(length - position, READ_LIMIT)
    const { bytesRead } = await handle.read(bytes, position, wanted, offset + position)
    if (bytesRead === 0) throw corruptValue(id, `its file ends at byte ${offset + position}`)
    position += bytesRead
  }
  return bytes
}
