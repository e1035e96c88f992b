import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'

/** Writes one answer twice onto its connection, at once. */
export function writeTwice(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`)
  const answer = Buffer.concat([head, Buffer.from(body)])
  const connection = response.socket
  response.detachSocket(connection as NonNullable<typeof connection>)
  connection?.end(Buffer.concat([answer, answer]))
}
