import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How often what happens to an exchange (0 to 1), and how long answers may be late, in milliseconds. */
export interface Losses {
  readonly dropAnswer: number
  readonly sendTwice: number
  readonly answerTwice: number
  readonly late: number
  readonly random: () => number
}

/** Stands between a client and a server and treats its traffic badly. */
export interface LossyProxy extends AsyncDisposable {
  readonly url: string
  /** What happened so far. */
  readonly counts: { drops: number; sentTwice: number; answeredTwice: number; cuts: number }
  /** Breaks all WebSockets. */
  cutSockets(): void
}

export async function lossyProxy(target: string, losses?: Losses): Promise<LossyProxy> {
  const { hostname, port } = new URL(target)
  const counts = { drops: 0, sentTwice: 0, answeredTwice: 0, cuts: 0 }
  const webSockets = new Set<Socket>()
  const happens = (chance: number) => losses !== undefined && losses.random() < chance

  async function pass(asked: IncomingMessage, body: Buffer): Promise<{ head: IncomingMessage; body: Buffer }> {
    const { method, url: path, headers } = asked
    const upstream = ask({ hostname, port, method, path, headers })
    upstream.end(body)
    const [head] = (await once(upstream, 'response')) as [IncomingMessage]
    return { head, body: await read(head) }
  }

  async function serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      const body = await read(asked)
      // A proxy that tries again by itself: the server gets it twice, at about the same time.
      const twice = happens(losses?.sendTwice ?? 0) ? pass(asked, body).catch(() => undefined) : undefined
      const answered = await pass(asked, body)
      if (twice) {
        counts.sentTwice += 1
        await twice
      }
      if (losses) await sleep(losses.random() * losses.late)
      if (happens(losses?.dropAnswer ?? 0)) {
        counts.drops += 1
        answer.destroy()
        return
      }
      const { socket } = answer
      answer.writeHead(answered.head.statusCode ?? 502, answered.head.headers)
      answer.end(answered.body)
      if (!happens(losses?.answerTwice ?? 0)) return
      await once(answer, 'finish')
      counts.answeredTwice += 1
      const head = Object.entries(answered.head.headers).map(([name, value]) => `${name}: ${String(value)}`)
      const again = [`HTTP/1.1 ${answered.head.statusCode} OK`, ...head, '', ''].join('\r\n')
      socket?.write(Buffer.concat([Buffer.from(again), answered.body]))
    } catch {
      answer.destroy()
    }
  }

  const server = createServer((asked, answer) => void serve(asked, answer))
  server.on('upgrade', (asked: IncomingMessage, client: Socket, head: Buffer) => {
    const upstream = connect(Number(port), hostname)
    const lines = [`${asked.method} ${asked.url} HTTP/1.1`]
    for (let index = 0; index < asked.rawHeaders.length; index += 2)
      lines.push(`${asked.rawHeaders[index]}: ${asked.rawHeaders[index + 1]}`)
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
    upstream.write(head)
    upstream.pipe(client).pipe(upstream)
    webSockets.add(client)
    client.on('close', () => {
      webSockets.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cutSockets = () => {
    counts.cuts += webSockets.size
    for (const socket of webSockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    cutSockets,
    async [Symbol.asyncDispose]() {
      server.close()
      cutSockets()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
