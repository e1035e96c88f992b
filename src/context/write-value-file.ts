import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { DiscomfortError } from '../errors.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import { layOutValue, type ValueParts } from '../values/value-layout.ts'
import { valuePath } from './value-path.ts'

/**
 * Writes a value file aside and renames it, so that nobody ever maps half a value. Returns its size in bytes.
 * Aborting ends it, and leaves nothing.
 *
 * @throws {@link DiscomfortError} `STORE_FULL` where the bytes find no room: nothing is left behind then.
 */
export async function writeValueFile(
  folder: string,
  id: string,
  value: ValueParts,
  signal?: AbortSignal,
): Promise<number> {
  const { head, order, byteLength } = layOutValue(value)
  const path = valuePath(folder, id)
  const temporary = join(folder, `.${id}.${process.pid}.tmp`)
  try {
    await using file = await openFile(temporary)
    await writeAll(file.handle, head)
    let written = head.length
    for (const tensor of order) {
      for await (const chunk of tensor.stream()) {
        signal?.throwIfAborted()
        await writeAll(file.handle, chunk)
        written += chunk.length
      }
    }
    // A source of somebody else's making may give too little; the header would then lie.
    if (written !== byteLength) throw corruptValue(id, `its tensors gave ${written} bytes and not ${byteLength}`)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw isFull(error) ? await storeFull(folder, byteLength, error) : error
  }
  await rename(temporary, path)
  return byteLength
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

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

async function storeFull(folder: string, needed: number, cause: unknown): Promise<DiscomfortError<'STORE_FULL'>> {
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  )
  const message = `No room for a value of ${needed} bytes in ${folder}${free === undefined ? '' : ` (${free} bytes are free)`}. Free some, or set DISCOMFORT_STORE to a folder with more.`
  return new DiscomfortError('STORE_FULL', message, {
    details: { folder, needed, ...(free === undefined ? {} : { free }) },
    cause,
  })
}
