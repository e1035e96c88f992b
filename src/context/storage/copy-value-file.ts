import { createReadStream } from 'node:fs'
import { writeChunks } from './write-chunks.ts'

const CHUNK = 4 * 2 ** 20

/**
 * Copies a value file aside and renames it. Gives the checksum of what was copied.
 * @throws {@link DiscomfortError} `STORE_FULL`
 */
export function copyValueFile(from: string, to: string, id: string, signal?: AbortSignal): Promise<string> {
  return writeChunks(to, readChunks(from), { id, signal })
}

/** Opens the file when the first bytes are wanted. */
async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>
}
