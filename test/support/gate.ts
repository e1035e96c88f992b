import { once } from 'node:events'
import { createServer as createPlainServer, request as send, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestCertificate } from './certificates.ts'

/** What a gate wants from whoever comes. */
export interface GateOptions {
  /** The certificate to speak TLS with; without it the gate speaks plain HTTP. */
  readonly certificate?: TestCertificate
  /** The path that leads to the server, e.g. `/comfy`. Elsewhere there is nothing. */
  readonly path?: string
  /** `user:password`. */
  readonly login?: string
  /** Sets a cookie, leads back to where somebody was, and lets nobody through without it. */
  readonly cookie?: string
  /** Answers before the gate does. */
  readonly intercept?: (request: IncomingMessage) => GateAnswer | undefined
}

interface GateAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** What stands before a server: a reverse proxy with a login. */
export interface Gate extends AsyncDisposable {
  readonly url: string
  /** What was let through, as `GET /path`; sockets as `UPGRADE /path`. */
  readonly passed: readonly string[]
  /** What was not, as `401 /path`. */
  readonly refused: readonly string[]
}

export async function openGate(target: string, options: GateOptions = {}): Promise<Gate> {
  const { certificate, path = '' } = options
  const [passed, refused]: [string[], string[]] = [[], []]
  const sockets = new Set<Duplex>()
  const there = new URL(target)
  const gate: Server = certificate
    ? createTlsServer({ cert: certificate.cert, key: certificate.key })
    : createPlainServer()

  gate.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  gate.on('request', (request, response) => {
    const answer = judge(request, options)
    if (answer) {
      refused.push(`${answer.status} ${request.url}`)
      request.resume()
      response.writeHead(answer.status, { 'content-type': 'text/html', ...answer.headers }).end(answer.body ?? '')
      return
    }
    const onwards = (request.url as string).slice(path.length)
    passed.push(`${request.method} ${onwards}`)
    const { method, headers } = request
    const upstream = send({ host: there.hostname, port: there.port, path: onwards, method, headers }, (got) => {
      response.writeHead(got.statusCode as number, got.headers)
      got.pipe(response)
      got.on('error', () => response.destroy())
    })
    upstream.on('error', () => response.destroy())
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  })
  gate.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    const answer = judge(request, options)
    if (answer) {
      refused.push(`${answer.status} ${request.url}`)
      socket.end(`HTTP/1.1 ${answer.status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
      return
    }
    const onwards = (request.url as string).slice(path.length)
    passed.push(`UPGRADE ${onwards}`)
    const upstream = connect(Number(there.port), there.hostname, () => {
      const lines = [`GET ${onwards} HTTP/1.1`]
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`)
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    upstream.on('close', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  })
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${(gate.address() as AddressInfo).port}${path}`,
    passed,
    refused,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      gate.closeAllConnections()
      await new Promise((resolve) => gate.close(resolve))
    },
  }
}

/** What somebody is told who is not let through. */
function judge(request: IncomingMessage, { path = '', login, cookie, intercept }: GateOptions): GateAnswer | undefined {
  const answer = intercept?.(request)
  if (answer) return answer
  if (!request.url?.startsWith(`${path}/`)) return { status: 404, body: 'Nothing here' }
  if (login !== undefined && request.headers.authorization !== `Basic ${Buffer.from(login).toString('base64')}`)
    return { status: 401, headers: { 'www-authenticate': 'Basic realm="gate"' }, body: 'Who are you?' }
  if (cookie !== undefined && !request.headers.cookie?.split('; ').includes(cookie))
    return { status: 307, headers: { location: request.url, 'set-cookie': `${cookie}; Path=${path || '/'}; HttpOnly` } }
  return undefined
}
