import { DiscomfortError } from '../../errors.ts'

/** As much of a server as an error tells of. */
interface Told {
  readonly base: string
  readonly reach?: { readonly proxy: string | undefined }
  /** The address that has answered already. */
  readonly answered?: string | undefined
}

/** The error for a server that does not answer. */
export function unreachable(server: Told, cause: unknown): DiscomfortError<'SERVER_UNREACHABLE'> {
  const { base, reach, answered } = server
  const reason = reasonOf(cause)
  const via = reach?.proxy === undefined ? '' : ` through the proxy ${reach.proxy}`
  const next = adviceFor(reason, base, answered === base) ?? 'Is it running, and is the address right?'
  return new DiscomfortError('SERVER_UNREACHABLE', `ComfyUI at ${base} does not answer${via}: ${reason}. ${next}`, {
    details: { url: base, reason },
    cause,
  })
}

interface Failed {
  readonly name?: string
  readonly code?: unknown
  readonly message?: string
  readonly cause?: unknown
}

/** The code that Node has for what went wrong, as deep as it lies, or its words. */
export function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'it takes too long'
  let deepest = error as Failed
  while (deepest.cause instanceof Error) deepest = deepest.cause
  const { code, message, name } = deepest
  // The undici of Node has a code for answers that are no HTTP, that of npm (7.30) forgets it. Node's fetch uses either.
  if (name === 'HTTPParserError' && code === undefined) return 'HPE_INVALID'
  // This code says no more than that the library gave up; its words say why.
  return typeof code === 'string' && code !== 'UND_ERR_ABORTED' && code !== 'UND_ERR_SOCKET'
    ? code
    : (message ?? String(error))
}

const notTrusted =
  'Its certificate is not from an authority that Node trusts: name the certificate of yours with the option ca.'

const advice: readonly (readonly [RegExp, (base: string) => string])[] = [
  [/^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_SELF|CERT_UNTRUSTED)/, () => notTrusted],
  [/^CERT_HAS_EXPIRED$/, () => 'Its certificate has run out: it needs a new one.'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    () => 'Its certificate is for another name: use the name that stands in it as the address.',
  ],
  [/^(ERR_SSL_|EPROTO)/, (base) => `It does not speak TLS as we do. Is it ${base.replace(/^https/, 'http')}?`],
  [/^HPE_/, (base) => `It does not speak HTTP. Is it ${base.replace(/^http:/, 'https:')}?`],
  [/\(407\)/, () => 'The proxy wants a user and password: give them in its address, http://user:password@host:port.'],
  [
    /Proxy response \(/,
    () => 'The proxy does not let us through to it. Is it the right one, and does it allow CONNECT there?',
  ],
]

function adviceFor(reason: string, base: string, hasAnswered: boolean): string | undefined {
  // What speaks TLS does not answer plain words, it hangs up.
  const hangsUp = reason === 'other side closed' || reason === 'ECONNRESET'
  if (hangsUp && !hasAnswered && base.startsWith('http:'))
    return `It hangs up without an answer. Is it running, and is it ${base.replace(/^http:/, 'https:')}?`
  return advice.find(([pattern]) => pattern.test(reason))?.[1](base)
}
