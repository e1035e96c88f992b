import { randomUUID } from 'node:crypto'
import { WebSocket, type RawData } from 'ws'
import { DiscomfortError } from '../../errors.ts'
import { socketAddress, type Http } from '../http.ts'

/** A text message of the server: its type and what it carries. */
export interface ServerMessage {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A preview picture of a sampler, with the node it belongs to. */
export interface PreviewFrame {
  readonly promptId: string
  readonly node: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** What a running job hears from the socket. */
interface JobListener {
  message(message: ServerMessage): void
  preview(frame: PreviewFrame): void
  /** The socket closed: nothing more will be heard on it. */
  lost(): void
}

/**
 * One socket to the server, shared by all jobs. The server sends a job's events to its submitter only, so the socket is
 * opened before the first submit and its client id goes with each. After a loss it is opened again under a new id:
 * with the old one the server would drop the new socket when it cleans up the old. Jobs of the old socket poll.
 */
export interface ServerSocket {
  /** The id of the open socket. */
  readonly clientId: string
  /** Opens the socket where it is not open. */
  open(): Promise<void>
  /** Hands over what concerns a prompt until the returned function is called. */
  listen(promptId: string, listener: JobListener): () => void
  close(): void
}

export function createSocket(http: Http): ServerSocket {
  const listeners = new Map<string, JobListener>()
  let clientId = randomUUID().replaceAll('-', '')
  let socket: WebSocket | undefined
  let opening: Promise<void> | undefined
  let isClosed = false

  function connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = new WebSocket(socketAddress(http, clientId), {
        headers: { ...http.headers },
        maxPayload: 256 * 2 ** 20,
        perMessageDeflate: false,
      })
      next.once('open', () => {
        if (isClosed) {
          next.terminate()
          reject(closedError())
          return
        }
        // It must be the first message: from then on previews name their node.
        next.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }))
        socket = next
        resolve()
      })
      next.on('message', receive)
      next.once('error', (cause) => {
        reject(
          new DiscomfortError(
            'SERVER_UNREACHABLE',
            `The WebSocket of ComfyUI at ${http.base} cannot be opened: ${cause.message}.`,
            { details: { url: http.base, reason: cause.message }, cause },
          ),
        )
      })
      next.once('close', () => {
        if (socket !== next) return
        socket = undefined
        clientId = randomUUID().replaceAll('-', '')
        for (const listener of listeners.values()) listener.lost()
      })
    })
  }

  function receive(data: RawData, isBinary: boolean): void {
    const bytes = data as Buffer
    if (isBinary) return receiveFrame(bytes)
    let message: ServerMessage
    try {
      message = JSON.parse(bytes.toString('utf8')) as ServerMessage
    } catch {
      return
    }
    const promptId = (message.data as { prompt_id?: unknown } | undefined)?.prompt_id
    if (typeof promptId === 'string') listeners.get(promptId)?.message(message)
  }

  function receiveFrame(bytes: Buffer): void {
    const frame = readPreview(bytes)
    if (frame) listeners.get(frame.promptId)?.preview(frame)
  }

  return {
    get clientId() {
      return clientId
    },
    open() {
      if (isClosed) return Promise.reject(closedError())
      if (socket) return Promise.resolve()
      opening ??= connect().finally(() => {
        opening = undefined
      })
      return opening
    },
    listen(promptId, listener) {
      listeners.set(promptId, listener)
      return () => listeners.delete(promptId)
    },
    close() {
      isClosed = true
      const old = socket
      socket = undefined
      old?.terminate()
      for (const listener of listeners.values()) listener.lost()
    },
  }
}

function closedError(): DiscomfortError<'CLOSED'> {
  return new DiscomfortError('CLOSED', 'The connector was shut down before this job was sent.', {
    details: { what: 'connector' },
  })
}

/** Binary frame 4: the length of a JSON text, the text with node and prompt, the picture. Other frames name no prompt. */
function readPreview(bytes: Buffer): PreviewFrame | undefined {
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== 4) return undefined
  const end = 8 + bytes.readUInt32BE(4)
  if (end > bytes.length) return undefined
  try {
    const about = JSON.parse(bytes.toString('utf8', 8, end)) as Record<string, unknown>
    return {
      promptId: String(about['prompt_id']),
      node: String(about['display_node_id'] ?? about['node_id']),
      mediaType: typeof about['image_type'] === 'string' ? about['image_type'] : 'image/jpeg',
      bytes: new Uint8Array(bytes.subarray(end)),
    }
  } catch {
    return undefined
  }
}
