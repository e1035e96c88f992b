import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/** A proxy as companies have them: it opens connections with CONNECT to whatever is asked for. */
export interface ForwardProxy extends AsyncDisposable {
  /** With the user and password, where it wants some. */
  readonly url: string
  /** The places that connections were opened to, as `host:port`. */
  readonly opened: readonly string[]
}

/** @param options `login` is `user:password`; `rename` leads a name elsewhere, as a DNS of its own would */
export async function forwardProxy(
  options: { readonly login?: string; readonly rename?: Readonly<Record<string, string>> } = {},
): Promise<ForwardProxy> {
  const opened: string[] = []
  const sockets = new Set<Duplex>()
  const server = createServer((_request, response) => void response.writeHead(405).end())
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (request, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    const wanted = options.login && `Basic ${Buffer.from(options.login).toString('base64')}`
    if (wanted && request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const [host = '', port] = (request.url as string).split(/:(?=\d+$)/)
    const upstream = connect(Number(port), options.rename?.[host] ?? host, () => {
      opened.push(request.url as string)
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.end('HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n'))
    upstream.on('close', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.login === undefined ? '' : `${options.login}@`}127.0.0.1:${port}`,
    opened,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
