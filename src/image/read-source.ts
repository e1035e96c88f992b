import { readFile } from 'node:fs/promises'
import { DiscomfortError } from '../errors.ts'

/**
 * The bytes of a file, or those that were given; and a name for errors. `what` says what it should be: `picture`.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where it cannot be read.
 */
export async function readSource(
  source: string | Uint8Array,
  what: string,
): Promise<{ bytes: Uint8Array; name: string }> {
  if (typeof source !== 'string') return { bytes: source, name: `${what} of ${source.length} bytes` }
  try {
    return { bytes: await readFile(source), name: source }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DiscomfortError('VALUE_NOT_FOUND', `The ${what} ${source} cannot be read: ${reason}`, {
      details: { key: source, known: [] },
      cause: error,
    })
  }
}
