import { createReadStream } from 'node:fs'
import { goneIfMissing } from './read-value-file.ts'

const CHUNK = 4 * 2 ** 20

/**
 * The bytes of a value's file from its beginning to its end. It is opened when the first are wanted.
 * @throws {@link DiscomfortError} `VALUE_GONE`
 */
export async function* readChunks(path: string, id: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>
  } catch (error) {
    throw goneIfMissing(error, id)
  }
}
