import { DiscomfortError } from '../errors.ts'

/**
 * Refuses an option that is no whole number from 1.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export function checkCount(where: string, key: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  const reason = 'no whole number from 1'
  throw new DiscomfortError('CONFIG_INVALID', `${where}: ${key} is ${value}; it takes a whole number from 1.`, {
    details: { key, reason },
  })
}
