import { access, constants, readFile } from 'node:fs/promises'
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
  return { bytes: await readFile(source).catch(asUnreadable(source, what)), name: source }
}

/** @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where a file cannot be read. */
export async function refuseUnreadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch(asUnreadable(path, 'file'))
}

/** What a failure of the file system becomes: `VALUE_NOT_FOUND` with the path and the reason. */
export function asUnreadable(path: string, what: string): (cause: unknown) => never {
  return (cause) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const details = { key: path, known: [] }
    throw new DiscomfortError('VALUE_NOT_FOUND', `The ${what} ${path} cannot be read: ${reason}`, { details, cause })
  }
}
