import type { SecureContext } from 'node:tls'
import { basicOf } from './address.ts'

/** As much of `fetch` as requests of ours need. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Node's own `fetch`, or one that goes through a proxy or trusts a certificate authority. That is undici's, since
 * Node's own takes no dispatcher of another release; it is loaded with the first request that needs it.
 */
export function createFetch(trusted: SecureContext | undefined, proxy: URL | undefined): Fetch {
  if (!trusted && !proxy) return (url, init) => fetch(url, init)
  let loaded: Promise<Fetch> | undefined
  return async (url, init) => {
    loaded ??= load(trusted, proxy)
    const fetchThere = await loaded
    return fetchThere(url, init.body instanceof FormData ? await asBytes(init, init.body) : init)
  }
}

async function load(trusted: SecureContext | undefined, proxy: URL | undefined): Promise<Fetch> {
  const { Agent, ProxyAgent, fetch } = await import('undici')
  const tls = trusted ? { secureContext: trusted } : {}
  const dispatcher = proxy
    ? new ProxyAgent({ uri: proxy.origin, ...withLogin(basicOf(proxy)), requestTls: tls, proxyTls: tls })
    : new Agent({ connect: tls })
  const fetchThere: unknown = (url: string, init: object) => fetch(url, { ...init, dispatcher })
  return fetchThere as Fetch
}

function withLogin(basic: string | undefined): { token?: string } {
  return basic === undefined ? {} : { token: basic }
}

/** undici does not take Node's own forms for what they are. */
async function asBytes(init: RequestInit, form: FormData): Promise<RequestInit> {
  const written = new Response(form)
  const type = written.headers.get('content-type') as string
  return {
    ...init,
    body: new Uint8Array(await written.arrayBuffer()),
    headers: { ...(init.headers as Record<string, string>), 'content-type': type },
  }
}
