import type { BrowserContext, WebSocketRoute } from 'playwright-core'
import { WebSocket } from 'ws'
import type { FrontendServer } from './frontend-options.ts'

/** Sends the token with every request of a page to the server, and to no other place. */
export async function sendHeaders(context: BrowserContext, { base, headers }: FrontendServer): Promise<void> {
  if (Object.keys(headers).length === 0) return
  const isServer = (url: URL): boolean => url.href.startsWith(`${base}/`)
  await context.route(isServer, (route) => route.continue({ headers: { ...route.request().headers(), ...headers } }))
  const sockets = base.replace(/^http/, 'ws')
  await context.routeWebSocket(
    (url) => url.href.startsWith(`${sockets}/`),
    (socket) => relay(socket, headers),
  )
}

/** A page cannot send headers when it opens a socket, so we open it and pass on what is said. */
function relay(page: WebSocketRoute, headers: Readonly<Record<string, string>>): void {
  const server = new WebSocket(page.url(), { headers })
  const waiting: (string | Buffer)[] = []
  page.onMessage((message) => {
    if (server.readyState === WebSocket.OPEN) server.send(message)
    else waiting.push(message)
  })
  page.onClose(() => server.close())
  server.on('open', () => {
    for (const message of waiting.splice(0)) server.send(message)
  })
  server.on('message', (data: Buffer, isBinary) => page.send(isBinary ? data : data.toString()))
  server.on('error', () => undefined)
  server.on('close', () => void page.close().catch(() => undefined))
}
