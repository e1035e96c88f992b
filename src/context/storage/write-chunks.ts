import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Checksum } from './checksum.ts'
import { isFull, storeFull } from '../places/store-full.ts'

/** How bytes become the file of a value. */
export interface ChunksOptions {
  readonly id: string
  /** Aborting ends the writing, and leaves nothing. */
  readonly signal?: AbortSignal | undefined
  /** Called before the file is renamed; what it throws keeps that from happening. */
  readonly check?: (written: { readonly bytes: number; readonly digest: string }) => void
}

/**
 * Writes the bytes of a value aside as they come, and renames the file. Gives their checksum.
 * @throws {@link DiscomfortError} `STORE_FULL`
 */
export async function writeChunks(
  to: string,
  chunks: AsyncIterable<Uint8Array>,
  { id, signal, check }: ChunksOptions,
): Promise<string> {
  const temporary = join(dirname(to), `.${id}.${process.pid}.tmp`)
  const sum = new Checksum()
  let bytes = 0
  try {
    const target = await open(temporary, 'wx', 0o600)
    try {
      for await (const chunk of chunks) {
        signal?.throwIfAborted()
        sum.add(chunk)
        bytes += chunk.length
        await target.writeFile(chunk)
      }
    } finally {
      await target.close()
    }
    check?.({ bytes, digest: sum.text })
    await rename(temporary, to)
    return sum.text
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw isFull(error) ? storeFull(dirname(to), undefined, error) : error
  }
}
