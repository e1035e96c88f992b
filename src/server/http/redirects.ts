import { DiscomfortError } from '../../errors.ts'

/** Where an answer sends us on to; undefined where it does not. */
export function redirectOf(response: Response, asked: string): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined
  const location = response.headers.get('location')
  if (location === null) return undefined
  try {
    return new URL(location, asked)
  } catch {
    return undefined
  }
}

/** The error for a server that sends us to another place: a login page, its address with https, a new address. */
export function sentAway(base: string, target: URL, status: number): DiscomfortError {
  const here = new URL(base)
  // What stands behind the path may be a ticket of the login.
  const place = target.origin + target.pathname
  const isSecured = here.protocol === 'http:' && target.protocol === 'https:' && target.hostname === here.hostname
  if (isSecured) {
    const better = `${target.origin}${here.pathname.replace(/\/$/, '')}`
    return new DiscomfortError('SERVER_INCOMPATIBLE', `${base} sends us on to ${better}. Give that as the address.`, {
      details: { url: base, reason: `redirects to ${target.origin}` },
    })
  }
  if (target.origin !== here.origin || /log-?in|sign-?in|auth|sso/i.test(target.pathname))
    return new DiscomfortError(
      'SERVER_UNAUTHORIZED',
      `${base} sends us on to ${place}, which looks like a login. Give what it lets programs in with: a token, a user and password in the address, or headers (also Cookie).`,
      { details: { url: base, status } },
    )
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `${base} sends us on to ${place}. If ComfyUI is there, give the address up to it.`,
    { details: { url: base, reason: `redirects to ${place}` } },
  )
}
