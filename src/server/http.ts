import { DiscomfortError } from '../errors.ts'

/** How one ComfyUI is reached over HTTP: a base address and what goes with every request. */
export interface Http {
  /** Without a slash at its end. A server that is started again may be somewhere else. */
  base: string
  readonly headers: Readonly<Record<string, string>>
  /** How many requests were made so far: benchmarks and tests count them. */
  requests: number
  /** How long a small answer may take, in milliseconds, where nothing else limits the waiting. */
  readonly patience: number
}

/** Reads an address as people type it: `host:port`, `http://host/path/`, with or without a user and password. */
export function createHttp(server: string, token?: string): Http {
  const text = /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new DiscomfortError(
      'SERVER_UNREACHABLE',
      `"${server}" is no address of a server. Give one like http://127.0.0.1:8188.`,
      { details: { url: server, reason: 'not a URL' }, cause },
    )
  }
  const headers: Record<string, string> = {}
  if (token) headers['authorization'] = `Bearer ${token}`
  else if (url.username)
    headers['authorization'] =
      `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`
  url.username = ''
  url.password = ''
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, headers, requests: 0, patience: 20_000 }
}

/** The address of the server's WebSocket. */
export function socketAddress(http: Http, clientId: string): string {
  return `${http.base.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(clientId)}`
}

/**
 * One request. Answers of any status come back; only what keeps an answer from coming is an error.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, or `SERVER_UNAUTHORIZED` for 401 and 403.
 */
export async function request(
  http: Http,
  path: string,
  init: RequestInit & {
    /** A small answer is asked for: it must come within the patience of `http`. */
    small?: boolean
  } = {},
): Promise<Response> {
  const { small, ...rest } = init
  const limit = small ? AbortSignal.timeout(http.patience) : undefined
  const signals = [init.signal, limit].filter((signal) => signal instanceof AbortSignal)
  http.requests += 1
  let response: Response
  try {
    response = await fetch(http.base + path, {
      ...rest,
      headers: { ...http.headers, ...(init.headers as Record<string, string>) },
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
    })
  } catch (cause) {
    if (init.signal?.aborted) throw init.signal.reason
    throw unreachable(http, cause)
  }
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel()
    throw new DiscomfortError(
      'SERVER_UNAUTHORIZED',
      `ComfyUI at ${http.base} refuses us (HTTP ${response.status}). Give a token, or a user and password in the address.`,
      { details: { url: http.base, status: response.status } },
    )
  }
  return response
}

/** A GET whose answer must be JSON. */
export async function getJson(http: Http, path: string, init: { small?: boolean } = {}): Promise<unknown> {
  const response = await request(http, path, init)
  if (!response.ok) {
    await response.body?.cancel()
    throw notComfyUI(http, `HTTP ${response.status} for ${path}`)
  }
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(http, cause)
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notComfyUI(http, `no JSON for ${path}`, cause)
  }
}

/** The error for a server that is something else. */
export function notComfyUI(http: Http, reason: string, cause?: unknown): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  return new DiscomfortError('SERVER_INCOMPATIBLE', `${http.base} answers ${reason}. Is it a ComfyUI?`, {
    details: { url: http.base, reason },
    cause,
  })
}

/** A POST of JSON text. */
export function postJson(
  http: Http,
  path: string,
  body: string,
  init: { small?: boolean; signal?: AbortSignal } = {},
): Promise<Response> {
  return request(http, path, { ...init, method: 'POST', body, headers: { 'content-type': 'application/json' } })
}

/** The error for a server that does not answer. */
export function unreachable(http: Http, cause: unknown): DiscomfortError<'SERVER_UNREACHABLE'> {
  const reason = reasonOf(cause)
  return new DiscomfortError(
    'SERVER_UNREACHABLE',
    `ComfyUI at ${http.base} does not answer: ${reason}. Is it running, and is the address right?`,
    { details: { url: http.base, reason }, cause },
  )
}

function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'it takes too long'
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  return cause?.code ?? cause?.message ?? (error as Error).message
}
