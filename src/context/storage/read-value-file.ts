import { type FileHandle, open } from 'node:fs/promises'
import { DiscomfortError } from '../../errors.ts'
import { readAt } from '../../image/read-at.ts'
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

/**
 * Reads the header of a value file.
 *
 * @throws {@link DiscomfortError} `VALUE_GONE` where there is no file; `VALUE_CORRUPT` where it is damaged.
 */
export async function openValueFile(path: string, id: string): Promise<OpenedValueFile> {
  return withFile(path, id, async (handle) => {
    const { size } = await handle.stat()
    const first = await readAt(handle, 0, Math.min(size, FIRST_READ), endsEarly(id))
    const length = readHeaderLength(first, size, id)
    const dataStart = 8 + length
    const header =
      dataStart <= first.length ? first.subarray(8, dataStart) : await readAt(handle, 8, length, endsEarly(id))
    return { ...readValueHeader(header, size - dataStart, id), dataStart, bytes: size }
  })
}

/**
 * Reads some bytes of a value file. It is opened for each read: so a value that nobody uses any more holds no handle.
 *
 * @throws {@link DiscomfortError} `VALUE_GONE` where there is no file; `VALUE_CORRUPT` where it is too short.
 */
export async function readValueBytes(path: string, id: string, offset: number, length: number): Promise<Uint8Array> {
  return withFile(path, id, (handle) => readAt(handle, offset, length, endsEarly(id)))
}

/** The error for a version of a value that was overwritten, deleted or closed with its context. */
export function valueGone(id: string, key?: string, cause?: unknown): DiscomfortError<'VALUE_GONE'> {
  const subject = key === undefined ? `The value ${id}` : `The value ${JSON.stringify(key.slice(0, 80))} (${id})`
  const message = `${subject} is gone: its key was overwritten or deleted, or its context was closed. Use "await value.load()" to keep a value beyond that.`
  return new DiscomfortError('VALUE_GONE', message, { details: { id, ...(key === undefined ? {} : { key }) }, cause })
}

/** What a failure of the file system means for a value: a file that is not there is a value that is gone. */
export function goneIfMissing(error: unknown, id: string): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? valueGone(id, undefined, error) : error
}

function endsEarly(id: string): (end: number) => Error {
  return (end) => corruptValue(id, `its file ends at byte ${end}`)
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
    throw goneIfMissing(error, id)
  }
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}
