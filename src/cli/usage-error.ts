import { DiscomfortError } from '../errors.ts'

/** The error for a command line that cannot be meant; it ends with exit code 2. */
export function usageError(key: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError('CONFIG_INVALID', reason, { details: { key, reason } })
}
