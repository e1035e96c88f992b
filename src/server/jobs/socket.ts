import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { WebSocket, type RawData } from 'ws'
import { DiscomfortError } from '../../errors.ts'
import { log } from '../../log.ts'
import { socketAddress, socketOptions, type Http } from '../http/http.ts'
import { readFrame, type PreviewFrame, type TextFrame } from './read-frame.ts'

/** A text message of the server: its type and what it carries. */
export interface ServerMessage {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What a running job hears from the socket. */
interface JobListener {
  message(message: ServerMessage): void
  preview(frame: PreviewFrame): void
  /** A text that a node shows, or a line of the log: the server does not say to which job it belongs. */
  text(frame: TextFrame): void
  log(line: string): void
  /** The socket closed: nothing more will be heard on it. */
  lost(): void
}

/**
 * One socket to the server, shared by all jobs. The server sends a job's events to its submitter only, so the socket is
 * opened before the first submit and its client id goes with each. After a loss it is opened again under a new id, as
 * long as jobs listen: with the old one the server would drop the new socket when it cleans up the old. Until then, and
 * on servers that cannot be told the new id, jobs of the old socket poll.
 */
export interface ServerSocket {
  /** The id of the open socket. */
  readonly clientId: string
  /** Whether it is open now. */
  readonly isOpen: boolean
  /** Opens the socket where it is not open. */
  open(): Promise<void>
  /** Hands over what concerns a prompt until the returned function is called. */
  listen(promptId: string, listener: JobListener): () => void
  /** Hands over each line that the server prints, where it was asked to, until the returned function is called. */
  listenToLog(listener: (line: string) => void): () => void
  /** Opens it anew: it is open and says nothing. */
  refresh(): void
  close(): void
}

/** How long to wait before the socket is opened again, in milliseconds: twice as long after each try. */
const pauses = { first: 100, longest: 5000 }

/** `onReopen` is called with the jobs that listen when the socket is open under another id. */
export function createSocket(http: Http, onReopen: (jobs: readonly string[]) => Promise<void>): ServerSocket {
  const listeners = new Map<string, JobListener>()
  const logListeners = new Set<(line: string) => void>()
  let clientId = newId()
  let socket: WebSocket | undefined
  let opening: Promise<void> | undefined
  let isReopening = false
  let isClosed = false

  async function connect(): Promise<void> {
    const way = await socketOptions(http)
    return new Promise((resolve, reject) => {
      const next = new WebSocket(socketAddress(http, clientId), {
        ...way,
        maxPayload: 256 * 2 ** 20,
        perMessageDeflate: false,
        handshakeTimeout: http.patience,
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
        if (socket === next) void lose()
      })
    })
  }

  async function lose(): Promise<void> {
    socket = undefined
    clientId = newId()
    log.debug?.({ server: http.base, jobs: listeners.size }, 'socket lost')
    for (const listener of listeners.values()) listener.lost()
    if (isReopening) return
    isReopening = true
    try {
      await reopen()
    } finally {
      isReopening = false
    }
  }

  /** Tries as long as somebody listens. */
  async function reopen(): Promise<void> {
    const isWanted = () => !isClosed && listeners.size + logListeners.size > 0
    for (let pause = pauses.first; isWanted(); pause = Math.min(pause * 2, pauses.longest)) {
      await sleep(pause)
      try {
        await open()
        await onReopen([...listeners.keys()])
        if (socket) return
        pause = pauses.first
      } catch {
        // Whoever starts a job hears why.
      }
    }
  }

  function open(): Promise<void> {
    if (isClosed) return Promise.reject(closedError())
    if (socket) return Promise.resolve()
    opening ??= connect().finally(() => {
      opening = undefined
    })
    return opening
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
    if (message.type === 'logs') return receiveLogs(message.data)
    const promptId = (message.data as { prompt_id?: unknown } | undefined)?.prompt_id
    if (typeof promptId === 'string') listeners.get(promptId)?.message(message)
  }

  function receiveFrame(bytes: Buffer): void {
    const frame = readFrame(bytes)
    if (frame?.kind === 'preview') listeners.get(frame.promptId)?.preview(frame)
    else if (frame) for (const listener of listeners.values()) listener.text(frame)
  }

  function receiveLogs({ entries }: ServerMessage['data']): void {
    for (const { m: text } of Array.isArray(entries) ? (entries as { m?: string }[]) : [])
      for (const line of stripVTControlCharacters(text ?? '').split(/\r\n|[\r\n]/)) if (line.trim()) hand(line)
  }

  function hand(line: string): void {
    for (const listener of listeners.values()) listener.log(line)
    for (const listener of logListeners) listener(line)
  }

  return {
    get clientId() {
      return clientId
    },
    get isOpen() {
      return socket !== undefined
    },
    open,
    listen(promptId, listener) {
      listeners.set(promptId, listener)
      return () => listeners.delete(promptId)
    },
    listenToLog(listener) {
      logListeners.add(listener)
      return () => logListeners.delete(listener)
    },
    refresh() {
      socket?.terminate()
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

function newId(): string {
  return randomUUID().replaceAll('-', '')
}

function closedError(): DiscomfortError<'CLOSED'> {
  return new DiscomfortError('CLOSED', 'The connector was shut down before this job was sent.', {
    details: { what: 'connector' },
  })
}
