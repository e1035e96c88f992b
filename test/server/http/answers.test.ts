import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createHttp, getJson, postJson, request } from '../../../src/server/http/http.ts'
import { failure } from '../../support/failure.ts'
import { until } from '../../support/until.ts'

/** A server down to its bytes: each request is handed over as its text, and answered by hand. */
interface RawServer extends AsyncDisposable {
  readonly url: string
  readonly connections: number
}

async function rawServer(answer: (text: string, socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      for (;;) {
        const end = text.indexOf('\r\n\r\n')
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
        if (end < 0 || text.length < end + 4 + length) return
        const one = text.slice(0, end + 4 + length)
        text = text.slice(one.length)
        answer(one, socket)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An answer that says which path it is to; `tagged` as a server with the pack does. */
function answerTo(text: string, { tagged = false } = {}): string {
  const path = text.split(' ', 2)[1]
  const body = JSON.stringify({ path })
  const id = /x-discomfort-request: (\S+)/i.exec(text)?.[1]
  const tag = tagged ? `X-Discomfort-Request: ${id}\r\n` : ''
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${tag}content-length: ${body.length}\r\n\r\n${body}`
}

const paths = Array.from({ length: 20 }, (_, at) => `/${at}`)

describe('an answer that comes twice', () => {
  it('in one piece is not taken for the next one', async () => {
    await using server = await rawServer((text, socket) => {
      socket.write(answerTo(text) + answerTo(text))
    })
    const http = createHttp(server.url)
    for (const path of paths) expect(await getJson(http, path)).toEqual({ path })
    expect(server.connections).toBeGreaterThan(1)
  })

  it('while nobody asks ends the connection', async () => {
    let last: Socket | undefined
    let closed = 0
    await using server = await rawServer((text, socket) => {
      socket.once('close', () => (closed += 1))
      socket.write(answerTo(text))
      last = socket
    })
    const http = createHttp(server.url)
    for (const [at, path] of paths.slice(0, 5).entries()) {
      expect(await getJson(http, path)).toEqual({ path })
      last?.write(answerTo('GET /old '))
      await until(() => closed > at)
    }
  })

  it('when the next one is asked for is told by the id that a server with the pack sends back', async () => {
    const before = new Map<Socket, string>()
    await using server = await rawServer((text, socket) => {
      // The old answer once more, as a proxy does that sends it again too late, and then the right one.
      socket.write(before.get(socket) ?? '')
      before.set(socket, answerTo(text, { tagged: true }))
      socket.write(before.get(socket) as string)
    })
    const http = createHttp(server.url)
    for (const path of paths.slice(0, 6)) expect(await getJson(http, path)).toEqual({ path })
    const { details } = await failure('SERVER_UNREACHABLE', postJson(http, '/submit', '{}'))
    expect(details.reason).toContain('to another request')
  })

  it('many at once, some twice, belong to their questions', async () => {
    const late = new Map<Socket, string>()
    const victims = new Set<string>()
    let count = 0
    await using server = await rawServer((text, socket) => {
      const path = text.split(' ', 2)[1] as string
      const answer = answerTo(text, { tagged: true })
      const old = late.get(socket)
      // Each question at most once: what always gets the wrong answer cannot be helped by asking again.
      const isVictim = old !== undefined && !victims.has(path)
      if (isVictim) victims.add(path)
      socket.write(isVictim ? old + answer : answer)
      count += 1
      if (count % 5 === 0) late.set(socket, answer)
      else late.delete(socket)
    })
    const http = createHttp(server.url)
    const ask = async (name: string): Promise<void> => {
      for (const path of paths) expect(await getJson(http, `/${name}${path}`)).toEqual({ path: `/${name}${path}` })
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(ask))
    expect(victims.size).toBeGreaterThan(0)
  })
})

describe('an answer that is lost', () => {
  it('is asked for again where that changes nothing, with growing pauses, as often as it may be', async () => {
    const at: number[] = []
    await using server = await rawServer((_text, socket) => {
      at.push(performance.now())
      socket.destroy()
    })
    const http = createHttp(server.url)
    await failure('SERVER_UNREACHABLE', getJson(http, '/queue', { small: true }))
    expect(at).toHaveLength(4)
    await failure('SERVER_UNREACHABLE', postJson(http, '/prompt', '{}'))
    expect(at).toHaveLength(5)
    await failure('SERVER_UNREACHABLE', postJson(http, '/files', '{}', { small: true, repeatable: true }))
    expect(at).toHaveLength(9)
    await failure('SERVER_UNREACHABLE', request(http, '/view', { repeatable: false }))
    expect(at).toHaveLength(10)
  })

  it('in the middle of its body, or never comes, is asked for again', async () => {
    let count = 0
    await using server = await rawServer((text, socket) => {
      count += 1
      if (count === 1) socket.end(answerTo(text).slice(0, -3))
      else if (count > 2) socket.write(answerTo(text))
    })
    const http = { ...createHttp(server.url), patience: 1600 }
    expect(await getJson(http, '/queue', { small: true })).toEqual({ path: '/queue' })
    expect(count).toBe(3)
  })

  it('from a proxy whose server is away for a moment, too', async () => {
    let count = 0
    await using server = await rawServer((text, socket) => {
      count += 1
      socket.write(count < 3 ? 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n' : answerTo(text))
    })
    expect(await getJson(createHttp(server.url), '/queue')).toEqual({ path: '/queue' })
  })

  it('is not waited for when its asker has gone', async () => {
    const controller = new AbortController()
    await using server = await rawServer((_text, socket) => {
      socket.destroy()
      controller.abort('enough')
    })
    const asked = request(createHttp(server.url), '/queue', { signal: controller.signal, small: true })
    await expect(asked).rejects.toBe('enough')
  })
})
