import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { FakeFaults } from './faults.ts'

/** The WebSockets of a fake ComfyUI, by client id. */
export interface FakeSockets {
  /** How many are open. */
  readonly count: number
  /** Takes a request to upgrade. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void
  /** Sends to one client, if it is there. */
  send(clientId: string, message: string | Uint8Array): void
  /** Whether the client asked for previews that name their node. */
  wantsMetadata(clientId: string): boolean
  /** Sends to all. */
  broadcast(message: string | Uint8Array): void
  drop(how?: 'mid-message'): void
}

/** `queueLength` tells how many jobs wait or run. */
export function createSockets(faults: FakeFaults, queueLength: () => number): FakeSockets {
  const server = new WebSocketServer({ noServer: true })
  const clients = new Map<string, WebSocket>()
  const wanting = new Set<string>()
  // A client that comes back under the id of a socket that is not closed yet is forgotten with that: ComfyUI does so too.
  server.on('connection', (socket, request) => {
    const id = new URL(request.url ?? '', 'http://fake').searchParams.get('clientId') || crypto.randomUUID()
    clients.set(id, socket)
    wanting.delete(id)
    socket.on('close', () => clients.delete(id))
    socket.on('error', () => undefined)
    socket.once('message', (data) => {
      if (!asksForMetadata((data as Buffer).toString('utf8'))) return
      wanting.add(id)
      deliver(socket, JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }))
    })
    if (faults.sockets === 'closed') socket.close()
    else deliver(socket, statusMessage(queueLength(), id))
  })

  function deliver(socket: WebSocket, message: string | Uint8Array): void {
    if (faults.sockets === 'mute') return
    if (typeof message === 'string' && faults.withhold?.some((type) => message.startsWith(`{"type":"${type}"`))) return
    if (faults.delayMessages) setTimeout(() => socket.send(message, () => undefined), faults.delayMessages)
    else socket.send(message, () => undefined)
  }

  return {
    get count() {
      return clients.size
    },
    upgrade(request, connection, head) {
      const { pathname } = new URL(request.url ?? '', 'http://fake')
      if (faults.sockets === 'refused' || !/^(\/api)?\/ws$/.test(pathname)) connection.destroy()
      else server.handleUpgrade(request, connection, head, (socket) => server.emit('connection', socket, request))
    },
    send(clientId, message) {
      const socket = clients.get(clientId)
      if (socket) deliver(socket, message)
    },
    wantsMetadata: (clientId) => wanting.has(clientId),
    broadcast(message) {
      for (const socket of clients.values()) deliver(socket, message)
    },
    drop(how) {
      for (const socket of clients.values()) {
        // The head of a text of 100 bytes, and 20 of these.
        const raw = (socket as unknown as { _socket?: Duplex })._socket
        if (how === 'mid-message') raw?.end(Buffer.concat([Buffer.from([0x81, 100]), Buffer.alloc(20, '{')]))
        else socket.terminate()
      }
    },
  }
}

/** What ComfyUI tells all clients when its queue changes. */
export function statusMessage(remaining: number, sid?: string): string {
  const status = { exec_info: { queue_remaining: remaining } }
  return JSON.stringify({ type: 'status', data: { status, ...(sid === undefined ? {} : { sid }) } })
}

function asksForMetadata(text: string): boolean {
  try {
    const message = JSON.parse(text) as { type?: unknown; data?: Record<string, unknown> }
    return message.type === 'feature_flags' && message.data?.['supports_preview_metadata'] === true
  } catch {
    return false
  }
}
