import { createServer, request as ask, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A ComfyUI behind a gate: under a path, and only for those who bring the token. */
export interface GuardedServer extends AsyncDisposable {
  readonly address: string
  readonly token: string
  /** What was let through, as `GET /path`; sockets as `SOCKET /path`. */
  readonly passed: readonly string[]
  /** What came without the token. */
  readonly refused: readonly string[]
}

export async function guardedServer(server: string): Promise<GuardedServer> {
  const [folder, token] = ['/comfy', 'a-token']
  const passed: string[] = []
  const refused: string[] = []
  const lets = (request: IncomingMessage, what: string | undefined): boolean => {
    const isOurs = request.headers.authorization === `Bearer ${token}`
    ;(isOurs ? passed : refused).push(`${what} ${behind(request)}`)
    return isOurs
  }
  const behind = ({ url = '' }: IncomingMessage): string => (url.startsWith(folder) ? url.slice(folder.length) : url)
  const pass = (request: IncomingMessage) =>
    ask(server + behind(request), { method: request.method ?? 'GET', headers: request.headers })

  const gate = createServer((request, response) => {
    if (!lets(request, request.method)) {
      response.writeHead(401).end()
      return
    }
    const asked = pass(request).on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    asked.on('error', () => response.destroy())
    request.pipe(asked)
  })
  gate.on('upgrade', (request, near) => {
    near.on('error', () => undefined)
    if (!lets(request, 'SOCKET')) {
      near.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
      return
    }
    const asked = pass(request).on('upgrade', (answer, far) => {
      far.on('error', () => undefined)
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`)
      near.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`)
      far.pipe(near).pipe(far)
    })
    asked.on('error', () => near.destroy())
    asked.end()
  })
  gate.listen(0, '127.0.0.1')
  await new Promise((resolve) => gate.once('listening', resolve))
  return {
    address: `http://127.0.0.1:${(gate.address() as AddressInfo).port}${folder}`,
    token,
    passed,
    refused,
    async [Symbol.asyncDispose]() {
      gate.closeAllConnections()
      await new Promise((resolve) => gate.close(resolve))
    },
  }
}
