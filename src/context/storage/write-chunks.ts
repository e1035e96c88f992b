import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Checksum } from './checksum.ts'
import { isFull, storeFull } from '../places/store-full.ts'

/** How bytes become the file of a value. */
export interface ChunksOptions {
  readonly id: string
  /** Aborting ends the writing, and leaves nothing. */
  readonly signal?: AbortSignal | undefined
  /** How many bytes there will be, for the error where they find no room. */
  readonly needed?: number | undefined
  /** Whether the checksum of the bytes is wanted. Default: true. */
  readonly checksum?: boolean | undefined
  /** Called before the file is renamed; what it throws keeps that from happening. */
  readonly check?: (written: WrittenFile) => void
}

/** A file that was written: its size, and its checksum where that was wanted. */
export interface WrittenFile {
  readonly bytes: number
  readonly digest?: string
}

/**
 * Writes the bytes of a value aside as they come and renames the file, so that nobody ever maps half a value.
 *
 * @throws {@link DiscomfortError} `STORE_FULL` where the bytes find no room: nothing is left behind then.
 */
export async function writeChunks(
  to: string,
  chunks: AsyncIterable<Uint8Array>,
  { id, signal, needed, checksum = true, check }: ChunksOptions,
): Promise<WrittenFile> {
  const temporary = join(dirname(to), `.${id}.${process.pid}.tmp`)
  const sum = checksum ? new Checksum() : undefined
  let bytes = 0
  try {
    const target = await open(temporary, 'wx', 0o600)
    try {
      for await (const chunk of chunks) {
        signal?.throwIfAborted()
        await writeAll(target, chunk)
        sum?.add(chunk)
        bytes += chunk.length
      }
    } finally {
      await target.close()
    }
    const written = { bytes, ...(sum ? { digest: sum.text } : {}) }
    check?.(written)
    await rename(temporary, to)
    return written
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw isFull(error) ? storeFull(dirname(to), needed, error) : error
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let position = 0; position < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, position, bytes.length - position)
    position += bytesWritten
  }
}
