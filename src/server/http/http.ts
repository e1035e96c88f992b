import { randomUUID } from 'node:crypto'
import { DiscomfortError } from '../../errors.ts'
import { askAgain } from './ask-again.ts'
import { away, isAway } from './away.ts'
import { exchange, headersFor } from './exchange.ts'
import { readAddress } from '../reach/address.ts'
import { createReach, type Reach } from '../reach/create-reach.ts'
import type { ReachOptions } from '../reach/reach-options.ts'
import type { SocketOptions } from '../reach/socket-options.ts'
import { refused } from './refused.ts'
import { isTransient } from './transient.ts'
import { unreachable } from './unreachable.ts'
import { nameOfText } from './web-page.ts'

export { unreachable } from './unreachable.ts'

/** How one ComfyUI is reached over HTTP: a base address and what goes with every request. */
export interface Http {
  /** Without a slash at its end. A server that starts again may have another one. */
  base: string
  readonly headers: Readonly<Record<string, string>>
  /** The way there: proxy, trust, cookies. */
  readonly reach: Reach
  /** How many requests were made so far: benchmarks and tests count them. */
  requests: number
  /** How long a small answer may take, in milliseconds, where nothing else limits the waiting. */
  readonly patience: number
  /** Begins the ids of our requests. */
  readonly id: string
  /** The base address that has answered. */
  answered: string | undefined
}

/** What a request of ours needs besides what `fetch` takes. */
export interface Asking {
  /** A small answer is asked for: all of it must come within the patience of `http`, and is read before it is given. */
  readonly small?: boolean
  /** All of the answer is read before it is given, however long that takes; that it breaks off is an error of the request. */
  readonly whole?: boolean
  /**
   * Whether it may be made again where its answer was lost. Default: what only reads. Then it is made a few times with
   * growing pauses.
   */
  readonly repeatable?: boolean
  /** Whether the answer may lie on another server, such as a file in a store. Our headers do not go there. */
  readonly elsewhere?: boolean
}

/**
 * Reads an address as people type it: `host:port`, `http://host/path/`, with or without a user and password.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE` for what is none, `CONFIG_INVALID`
 */
export function createHttp(server: string, options: ReachOptions = {}): Http {
  const address = readAddress(server)
  const reach = createReach(address, options)
  const id = randomUUID().slice(0, 8)
  return { base: address.base, headers: reach.headers, reach, requests: 0, patience: 20_000, id, answered: undefined }
}

/** The address of the server's WebSocket. */
export function socketAddress(http: Http, clientId: string): string {
  return `${http.base.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(clientId)}`
}

/** What the WebSocket is opened with: the headers and cookies of now, and the way through a proxy. */
export async function socketOptions(http: Http): Promise<SocketOptions> {
  return { ...(await http.reach.connection()), headers: headersFor(http, `${http.base}/ws`) }
}

/**
 * One request. Answers of any status come back; only what keeps an answer from coming is an error.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`; `SERVER_UNAUTHORIZED` for 401, 403 and a login page;
 * `SERVER_INCOMPATIBLE` where it sends us to another address
 */
export async function request(http: Http, path: string, init: RequestInit & Asking = {}): Promise<Response> {
  const { method = 'GET', small = false, repeatable = method === 'GET' || method === 'HEAD' } = init
  const limit = small ? http.patience : undefined
  const ask = (time: number | undefined): Promise<Response> => exchange(http, path, init, time)
  let response: Response
  try {
    response = repeatable
      ? await askAgain(ask, {
          limit,
          signal: init.signal ?? undefined,
          isPoor: isAway,
          isTransient: (error) => isTransient(error, http.answered === http.base),
        })
      : await ask(limit)
  } catch (cause) {
    if (init.signal?.aborted) throw init.signal.reason
    throw cause instanceof DiscomfortError ? cause : unreachable(http, cause)
  }
  if (response.status !== 401 && response.status !== 403) return response
  await response.body?.cancel()
  throw refused(http, response)
}

/** A GET whose answer must be JSON. */
export async function getJson(
  http: Http,
  path: string,
  init: Pick<Asking, 'small' | 'repeatable'> = {},
): Promise<unknown> {
  const response = await request(http, path, { whole: true, ...init })
  if (isAway(response)) throw away(http, response)
  if (!response.ok) throw notComfyUI(http, `HTTP ${response.status} for ${path}`)
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notComfyUI(http, `${nameOfText(text)} for ${path}`, cause)
  }
}

/** The error for a server that is something else. */
export function notComfyUI(http: Http, reason: string, cause?: unknown): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `${http.base} answers ${reason}. Is it a ComfyUI? Where it stands behind a path or a login, both belong to the address: https://user:password@host/path.`,
    { details: { url: http.base, reason }, cause },
  )
}

/** A POST of JSON text. */
export function postJson(
  http: Http,
  path: string,
  body: string,
  init: Pick<Asking, 'small' | 'repeatable'> & { readonly signal?: AbortSignal } = {},
): Promise<Response> {
  return request(http, path, { ...init, method: 'POST', body, headers: { 'content-type': 'application/json' } })
}
