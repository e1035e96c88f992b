import { closest } from 'fastest-levenshtein'
import { DiscomfortError } from '../errors.ts'

/**
 * Refuses options that nobody reads, since a misspelt one would silently do nothing.
 * @throws {@link DiscomfortError} `CONFIG_INVALID` with the nearest name
 */
export function checkKeys(given: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue
    const nearest = closest(key, known)
    throw new DiscomfortError(
      'CONFIG_INVALID',
      `${where} has no option "${key}". Did you mean "${nearest}"? It takes ${known.join(', ')}.`,
      {
        details: { key, reason: 'unknown option', nearest },
      },
    )
  }
}
