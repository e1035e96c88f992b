import { z } from 'zod'
import { DiscomfortError } from '../errors.ts'

/** Headers by name. */
export const headersSchema = z.record(z.string(), z.string())

/**
 * Headers as an environment variable has them: JSON, `{"CF-Access-Client-Id": "…"}`.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`, without what was given: it may be a secret
 */
export function parseHeaders(text: string | undefined): Record<string, string> | undefined {
  if (!text) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const parsed = headersSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new DiscomfortError(
    'CONFIG_INVALID',
    'DISCOMFORT_HEADERS in the environment does not fit: it takes JSON with a text for each name, {"X-Name": "value"}.',
    { details: { key: 'headers', reason: 'not JSON with a text for each name' } },
  )
}
