import { DiscomfortError } from '../errors.ts'

/** How one ComfyUI is reached over HTTP: a base address and what goes with every request. */
export interface Http {
  /** Without a slash at its end. */
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
  /** How many requests were made so far: benchmarks and tests count them. */
  requests: number
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
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, headers, requests: 0 }
}

/** The address of the server's WebSocket. */
export function socketAddress(http: Http, clientId: string): string {
  return `${http.base.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(clientId)}`
}

/**
 * One request. Answers of any status come back; only what keeps an answer from coming is an error.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, or `SERVER_UNAUTHORIZED` for 401 and 403.
 */
export async function request(http: Http, path: string, init: RequestInit = {}): Promise<Response> {
  http.requests += 1
  let response: Response
  try {
    response = await fetch(http.base + path, {
      ...init,
      headers: { ...http.headers, ...(init.headers as Record<string, string>) },
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
export async function getJson(http: Http, path: string, signal?: AbortSignal): Promise<unknown> {
  const response = await request(http, path, signal ? { signal } : {})
  if (!response.ok) {
    await response.body?.cancel()
    throw notComfyUI(http, `HTTP ${response.status} for ${path}`)
  }
  const text = await response.text().catch((cause: unknown) => {
    if (signal?.aborted) throw signal.reason
    throw unreachable(http, cause)
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notComfyUI(http, `no JSON for ${path}`, cause)
  }
}

function notComfyUI(http: Http, reason: string, cause?: unknown): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  return new DiscomfortError('SERVER_INCOMPATIBLE', `${http.base} answers ${reason}. Is it a ComfyUI?`, {
    details: { url: http.base, reason },
    cause,
  })
}

/** A POST of JSON text. */
export function postJson(http: Http, path: string, body: string, signal?: AbortSignal): Promise<Response> {
  return request(http, path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    ...(signal ? { signal } : {}),
  })
}

function unreachable(http: Http, cause: unknown): DiscomfortError<'SERVER_UNREACHABLE'> {
  const reason = reasonOf(cause)
  return new DiscomfortError(
    'SERVER_UNREACHABLE',
    `ComfyUI at ${http.base} does not answer: ${reason}. Is it running, and is the address right?`,
    { details: { url: http.base, reason }, cause },
  )
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  return cause?.code ?? cause?.message ?? (error as Error).message
}
