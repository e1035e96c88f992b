import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Checksum } from '../../src/context/storage/checksum.ts'

/** What a test's own answer is: a status with a body, `lost` cuts the connection, `none` never answers. */
type OddAnswer = { status: number; body?: string } | 'lost' | 'none'

/** The routes of the pack for values, as docs/protocol.md tells them, on real sockets. */
export interface ValuesServer extends AsyncDisposable {
  readonly url: string
  /** All requests so far, as `PUT /path`, with the range of those that have one. */
  readonly requests: readonly string[]
  /** The complete values by `context/id`. */
  readonly values: Map<string, Buffer>
  readonly contexts: Set<string>
  /** Answers in place of the server, before the body is read. */
  odd: (method: string, path: string) => OddAnswer | undefined
  /** Breaks each connection after so many bytes of an answer. */
  cutAnswersAfter: number
}

/** @param limit the largest value that it takes, in bytes */
export async function valuesServer({ limit = 2 ** 40, isOld = false } = {}): Promise<ValuesServer> {
  const requests: string[] = []
  const values = new Map<string, Buffer>()
  const parts = new Map<string, Buffer>()
  const contexts = new Set<string>()

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request
    const range = headers['content-range'] ?? headers.range
    requests.push(`${method} ${url}${range ? ` ${range}` : ''}`)
    const odd = server.odd(method, url)
    if (odd === 'none') return
    if (odd === 'lost') {
      request.socket.destroy()
      return
    }
    const body = Buffer.concat((await request.toArray()) as Buffer[])
    if (odd) response.writeHead(odd.status).end(odd.body)
    else answer({ method, path: url, headers, body }, response)
  }

  const answer = (
    {
      method,
      path,
      headers,
      body,
    }: { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer },
    response: ServerResponse,
  ) => {
    const [, , what, context = '', id] = path.split('/')
    const key = `${context}/${id}`
    const tell = (status: number, told: unknown = {}) => response.writeHead(status).end(JSON.stringify(told))
    if (isOld) return tell(404)
    if (what === 'contexts') {
      const isKnown = contexts.has(context)
      if (method === 'DELETE') return tell(contexts.delete(context) ? 200 : 404)
      contexts.add(context)
      return tell(isKnown ? 200 : 201, { v: 1, limit })
    }
    if (!contexts.has(context)) return tell(404)
    const whole = values.get(key)
    if (method === 'DELETE') return tell(values.delete(key) ? 200 : 404)
    if (method === 'HEAD') {
      const there = whole ?? parts.get(key)
      if (!there) return tell(404)
      return response.writeHead(200, { 'x-discomfort-bytes': there.length }).end()
    }
    if (method === 'GET') {
      if (!whole) return tell(404)
      const begin = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1])
      const rest = whole.subarray(begin)
      response.writeHead(206, { 'content-length': rest.length })
      if (rest.length <= server.cutAnswersAfter) return response.end(rest)
      return response.write(rest.subarray(0, server.cutAnswersAfter), () => response.socket?.destroy())
    }
    const [begin, , total] = (/bytes (\d+)-(\d+)\/(\d+)/.exec(headers['content-range'] ?? '') ?? [])
      .slice(1)
      .map(Number)
    const before = begin === 0 ? Buffer.alloc(0) : (parts.get(key) ?? Buffer.alloc(0))
    if (before.length !== begin) return tell(409)
    const now = Buffer.concat([before, body])
    parts.set(key, now)
    if (now.length < (total as number)) return tell(200, { v: 1, bytes: now.length, complete: false })
    parts.delete(key)
    const sum = new Checksum()
    sum.add(now)
    if (sum.text !== headers['x-discomfort-digest']) return tell(422, { error: { message: 'other bytes' } })
    values.set(key, now)
    return tell(200, { v: 1, bytes: now.length, complete: true })
  }

  const http = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const server: ValuesServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    values,
    contexts,
    odd: () => undefined,
    cutAnswersAfter: Infinity,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
  return server
}
