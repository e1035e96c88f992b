import { statfsSync } from 'node:fs'
import { DiscomfortError } from '../../errors.ts'

/** Whether a file system refused for lack of room. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** The error for a value that finds no room in a folder. */
export function storeFull(folder: string, needed: number | undefined, cause: unknown): DiscomfortError<'STORE_FULL'> {
  const free = freeIn(folder)
  const size = needed === undefined ? '' : ` of ${needed} bytes`
  const message = `No room for a value${size} in ${folder}${free === undefined ? '' : ` (${free} bytes are free)`}. Free some, or set DISCOMFORT_STORE to a folder with more.`
  return new DiscomfortError('STORE_FULL', message, {
    details: { folder, ...(needed === undefined ? {} : { needed }), ...(free === undefined ? {} : { free }) },
    cause,
  })
}

/** How many bytes find room in a folder; undefined where the system does not say. */
export function freeIn(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
