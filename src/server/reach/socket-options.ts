import type { Agent } from 'node:http'
import type { SecureContext } from 'node:tls'

/** What a WebSocket needs to go the same way as the requests. */
export interface SocketOptions {
  readonly headers: Record<string, string>
  readonly agent?: Agent
  readonly secureContext?: SecureContext
}

/** How a connection that is no request goes through a proxy and whom it trusts. */
export async function connectionOptions(
  trusted: SecureContext | undefined,
  proxy: URL | undefined,
): Promise<Omit<SocketOptions, 'headers'>> {
  const tls = trusted ? { secureContext: trusted } : {}
  if (!proxy) return tls
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  return { ...tls, agent: new HttpsProxyAgent(proxy, tls) }
}
