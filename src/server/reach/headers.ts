import { DiscomfortError } from '../../errors.ts'
import { hideSecret } from '../../log/secrets.ts'

/** Those that HTTP itself sets: one of ours would break the request. */
const ofHttp = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'keep-alive', 'te'])

/**
 * The headers that go with every request, names in small letters: those that were given, and the token or the user and
 * password.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID` for what is no header
 */
export function headersOf(
  given: Readonly<Record<string, string>> = {},
  token: string | undefined,
  basic: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase()
    if (ofHttp.has(lower)) throw refused(name, 'it is one that HTTP sets itself')
    // The value may be a secret, so it is not told.
    if (!isHeader(name, value)) throw refused(name, 'its name or value has characters that no header may have')
    headers[lower] = value.trim()
    hideSecret(value.trim())
  }
  hideSecret(token)
  const authorization = token ? `Bearer ${token}` : basic
  if (authorization === undefined) return headers
  if (/[^\t\u0020-\u007E\u0080-\u00FF]/.test(authorization))
    throw new DiscomfortError(
      'CONFIG_INVALID',
      'The token has characters that no header may have, such as a line break.',
      {
        details: { key: 'token', reason: 'characters that no header may have' },
      },
    )
  return { ...headers, authorization }
}

function isHeader(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name)
  } catch {
    return false
  }
}

function refused(name: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError('CONFIG_INVALID', `The header "${name}" cannot be sent: ${reason}.`, {
    details: { key: `headers.${name}`, reason },
  })
}
