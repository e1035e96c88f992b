import { longestTimer } from '../server/longest-timer.ts'
import { usageError } from './usage-error.ts'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, '': 1000, m: 60_000, h: 3_600_000 }

/**
 * Milliseconds of a time as people write it: `90` and `90s`, `500ms`, `5m`, `1.5h`.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export function parseDuration(option: string, given: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(given.trim()) ?? []
  const milliseconds = Number(number) * (units[unit] ?? 1)
  if (milliseconds > 0 && milliseconds <= longestTimer) return Math.ceil(milliseconds)
  throw usageError(option, `${option} ${given} is no time. Write seconds, or a unit: 500ms, 90s, 5m, 1h.`)
}
