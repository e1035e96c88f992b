import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { corruptValue } from '../../values/corrupt-value.ts'
import { layOutValue, type ValueParts } from '../../values/value-layout.ts'
import { Checksum } from './checksum.ts'
import { isFull, storeFull } from '../places/store-full.ts'
import { valuePath } from './value-path.ts'

/** How a value file is written. */
export interface WriteOptions {
  /** Aborting ends the writing, and leaves nothing. */
  readonly signal?: AbortSignal
  /** Whether the checksum of its bytes is wanted. */
  readonly checksum?: boolean
}

/**
 * Writes a value file aside and renames it, so that nobody ever maps half a value. Gives its size in bytes.
 *
 * @throws {@link DiscomfortError} `STORE_FULL` where the bytes find no room: nothing is left behind then.
 */
export async function writeValueFile(
  folder: string,
  id: string,
  value: ValueParts,
  { signal, checksum = false }: WriteOptions = {},
): Promise<{ readonly bytes: number; readonly digest?: string }> {
  const { head, order, byteLength } = layOutValue(value)
  const sum = checksum ? new Checksum() : undefined
  const path = valuePath(folder, id)
  const temporary = join(folder, `.${id}.${process.pid}.tmp`)
  try {
    await using file = await openFile(temporary)
    await writeAll(file.handle, head)
    let written = head.length
    sum?.add(head)
    for (const tensor of order) {
      for await (const chunk of tensor.stream()) {
        signal?.throwIfAborted()
        await writeAll(file.handle, chunk)
        written += chunk.length
        sum?.add(chunk)
      }
    }
    // A source of somebody else's making may give too little; the header would then lie.
    if (written !== byteLength) throw corruptValue(id, `its tensors gave ${written} bytes and not ${byteLength}`)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw isFull(error) ? storeFull(folder, byteLength, error) : error
  }
  await rename(temporary, path)
  return { bytes: byteLength, ...(sum ? { digest: sum.text } : {}) }
}

async function openFile(path: string): Promise<AsyncDisposable & { handle: FileHandle }> {
  const handle = await open(path, 'wx', 0o600)
  return { handle, [Symbol.asyncDispose]: () => handle.close() }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let position = 0; position < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, position, bytes.length - position)
    position += bytesWritten
  }
}
