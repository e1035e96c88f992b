import { usageError } from './usage-error.ts'

/**
 * A whole number from 1.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export function parseCount(option: string, given: string): number {
  const count = /^\d+$/.test(given.trim()) ? Number(given) : 0
  if (Number.isSafeInteger(count) && count > 0) return count
  throw usageError(option, `${option} ${given} is no whole number from 1.`)
}
