import type { Address } from './address.ts'
import { trustAlso } from './certificates.ts'
import { createCookies, type Cookies } from './cookies.ts'
import { createFetch, type Fetch } from './create-fetch.ts'
import { headersOf } from './headers.ts'
import { proxyFor, shownProxy } from './proxy.ts'
import type { ReachOptions } from './reach-options.ts'
import { connectionOptions, type SocketOptions } from './socket-options.ts'

/** The way to one server: what all requests to it and its WebSocket have in common. */
export interface Reach {
  /** The token, or the user and password, and the headers that were given. */
  readonly headers: Readonly<Record<string, string>>
  /** The proxy that is gone through, without its password. */
  readonly proxy: string | undefined
  readonly cookies: Cookies
  readonly fetch: Fetch
  /** How a WebSocket goes the same way; its headers, which change with the cookies, are not among it. */
  connection(): Promise<Omit<SocketOptions, 'headers'>>
}

/** @throws {@link DiscomfortError} `CONFIG_INVALID` for a certificate, proxy or header that cannot be used */
export function createReach({ base, basic }: Address, options: ReachOptions, env = process.env): Reach {
  const trusted = options.ca ? trustAlso(options.ca) : undefined
  const proxy = proxyFor(base, options.proxy, env)
  let connection: Promise<Omit<SocketOptions, 'headers'>> | undefined
  return {
    headers: headersOf(options.headers, options.token, basic),
    proxy: proxy && shownProxy(proxy),
    cookies: createCookies(),
    fetch: createFetch(trusted, proxy),
    connection: () => (connection ??= connectionOptions(trusted, proxy)),
  }
}
