import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { FakeResponse } from './answer.ts'

/** Writes an answer; `twice` writes it twice onto its connection, at once. */
export function writeAnswer({ status, body, headers }: FakeResponse, response: ServerResponse, twice = false): void {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body))
  const type = typeof body === 'string' ? 'text/html' : isRaw ? 'application/octet-stream' : 'application/json'
  const all = { 'content-type': type, 'content-length': String(bytes.length), ...headers }
  if (!twice) {
    response.writeHead(status, all).end(bytes)
    return
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`)
  const connection = response.socket as NonNullable<typeof response.socket>
  response.detachSocket(connection)
  connection.end(Buffer.concat([head, bytes, head, bytes]))
}
