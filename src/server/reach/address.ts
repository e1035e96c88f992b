import { DiscomfortError } from '../../errors.ts'
import { hideSecret } from '../../log/secrets.ts'

/** The address of a server, taken apart. */
export interface Address {
  /** Without a slash at its end, and without user and password. */
  readonly base: string
  /** The header for the user and password, where the address has some. */
  readonly basic: string | undefined
}

/**
 * Reads an address as people type it: `host:port`, `http://host/path/`, with or without a user and password.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`
 */
export function readAddress(server: string): Address {
  const text = server.trim()
  const url = parsed(bracketed(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`))
  if (!url) throw noAddress(server, 'not a URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw noAddress(server, `${url.protocol}// is not spoken by a ComfyUI`)
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, basic: basicOf(url) }
}

/** The user and password of a URL as a header. */
export function basicOf({ username, password }: URL): string | undefined {
  if (!username && !password) return undefined
  const [user, secret] = [decoded(username), decoded(password)]
  hideSecret(secret)
  // UTF-8, as RFC 7617 wants it.
  const basic = Buffer.from(`${user}:${secret}`, 'utf8').toString('base64')
  hideSecret(basic)
  return `Basic ${basic}`
}

/** The error of a URL that is none repeats it, with its password. */
function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** What is no valid escape was meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An IPv6 address as it stands, `::1`, has no brackets. With a port after it nobody could tell where it ends. */
function bracketed(text: string): string {
  const bare = /^(https?:\/\/)((?:[\da-f]*:){2,}[\da-f]*)(\/.*)?$/i.exec(text)
  return bare ? `${bare[1]}[${bare[2]}]${bare[3] ?? ''}` : text
}

/** The address may hold a password, so its own words are not repeated where one could be. */
function noAddress(server: string, reason: string): DiscomfortError<'SERVER_UNREACHABLE'> {
  const shown = server.replace(/^([^@]*?:\/\/)?.*@/s, '$1')
  return new DiscomfortError(
    'SERVER_UNREACHABLE',
    `"${shown}" is no address of a server: ${reason}. Give one like http://127.0.0.1:8188 or https://host/path.`,
    { details: { url: shown, reason } },
  )
}
