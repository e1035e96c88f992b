import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Which way bytes go: to the server, or back. */
type Direction = 'up' | 'down'

/** Stands between a client and a server, counts bytes, and breaks connections when it is told. */
export interface TcpProxy extends AsyncDisposable {
  readonly url: string
  /** How many bytes went each way so far. */
  readonly bytes: Readonly<Record<Direction, number>>
  /** Does something once, as soon as so many more bytes went one way. */
  after(direction: Direction, bytes: number, act: () => void): void
  /** Breaks all connections that are open. */
  drop(): void
}

export async function tcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const bytes = { up: 0, down: 0 }
  const sockets = new Set<Socket>()
  let waiting: { direction: Direction; at: number; act: () => void }[] = []

  const count = (direction: Direction, chunk: Buffer) => {
    bytes[direction] += chunk.length
    const due = waiting.filter((one) => one.direction === direction && bytes[direction] >= one.at)
    waiting = waiting.filter((one) => !due.includes(one))
    for (const { act } of due) act()
  }
  const join = (from: Socket, to: Socket, direction: Direction) => {
    sockets.add(from)
    from.on('data', (chunk) => count(direction, chunk))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.pipe(to)
  }
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    join(client, upstream, 'up')
    join(upstream, client, 'down')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes,
    after: (direction, more, act) => void waiting.push({ direction, at: bytes[direction] + more, act }),
    drop,
    async [Symbol.asyncDispose]() {
      server.close()
      drop()
      await once(server, 'close')
    },
  }
}
