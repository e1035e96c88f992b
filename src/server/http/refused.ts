import { DiscomfortError } from '../../errors.ts'

/** The error for an answer 401 or 403: what is wanted, and whether we gave some. */
export function refused(
  http: { readonly base: string; readonly headers: Readonly<Record<string, string>> },
  response: Response,
): DiscomfortError<'SERVER_UNAUTHORIZED'> {
  const { status, headers } = response
  const wants = /^\s*(\w+)/.exec(headers.get('www-authenticate') ?? '')?.[1]?.toLowerCase()
  const gave = /^(\w+)/.exec(http.headers['authorization'] ?? '')?.[1]?.toLowerCase()
  const next =
    gave !== undefined && (wants === undefined || wants === gave)
      ? `The ${gave === 'bearer' ? 'token' : 'user or password'} that it got is wrong, or not enough.`
      : wants === 'basic'
        ? 'Give a user and password in the address: https://user:password@host.'
        : wants === 'bearer'
          ? 'Give its token.'
          : 'Give a token, a user and password in the address, or the headers that it wants.'
  return new DiscomfortError('SERVER_UNAUTHORIZED', `ComfyUI at ${http.base} refuses us (HTTP ${status}). ${next}`, {
    details: { url: http.base, status },
  })
}
