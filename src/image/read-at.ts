import type { FileHandle } from 'node:fs/promises'

/** The most that one read of Linux, macOS and Windows gives. */
const READ_LIMIT = 2 ** 30

/** Bytes of a file at an offset. `tooShort` is the error for one that ends before them, at the byte that it is given. */
export async function readAt(
  handle: FileHandle,
  offset: number,
  length: number,
  tooShort: (end: number) => Error,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let position = 0; position < length;) {
    const wanted = Math.min(length - position, READ_LIMIT)
    const { bytesRead } = await handle.read(bytes, position, wanted, offset + position)
    if (bytesRead === 0) throw tooShort(offset + position)
    position += bytesRead
  }
  return bytes
}
