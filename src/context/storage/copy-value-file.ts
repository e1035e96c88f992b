import { readChunks } from './read-chunks.ts'
import { writeChunks } from './write-chunks.ts'

/**
 * Copies a value file aside and renames it. Gives the checksum of what was copied.
 * @throws {@link DiscomfortError} `STORE_FULL`, `VALUE_GONE`
 */
export async function copyValueFile(from: string, to: string, id: string, signal?: AbortSignal): Promise<string> {
  const { digest } = await writeChunks(to, readChunks(from, id), { id, signal })
  return digest as string
}
