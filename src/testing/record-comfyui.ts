import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { createOtherContexts } from './other-contexts.ts'
import { toContent, writeRecording, type Recording, type RecordingEntry } from './recording.ts'
import { tellingHeaders, withoutKeys, withoutTokens } from './without-secrets.ts'

/** What is recorded, and where to. */
export interface RecordOptions {
  /** The address of a running ComfyUI with the pack. A token goes to the recorder as it would go there. */
  readonly server: string
  /** Where the recording is written to when the recorder ends. */
  readonly file?: string | URL | undefined
}

/** A recorder: it stands between a client and a ComfyUI. Its end writes the file. */
export interface ComfyUIRecorder extends AsyncDisposable {
  /** Its address: attach to it in place of the server. */
  readonly url: string
  /** What was said so far. */
  readonly recording: Recording
}

/** A place that no library has: the store is not shared, so values go over HTTP, where they are heard. */
const nowhere = { ram: null, disk: '/values/go/over/http' }
const hopByHop = /^(host|connection|content-length|transfer-encoding|keep-alive|expect|upgrade|accept-encoding)$/
const values = /^\/discomfort\/(?:contexts|values)\/[^/]+(?:\/([^/]+))?$/

/**
 * Starts a recorder on a free port of this machine. What goes through it to the server and back is noted: requests with
 * their answers, messages of sockets, and the values that jobs gave. `Authorization`, cookies, tokens in addresses and keys
 * of partner services are not. Values lie in a shared store where library and server see one; the recorder tells the
 * library that there is none, so that they go through it and the recording works on another machine.
 *
 * @example
 * await using recorder = await recordComfyUI({ server: 'http://127.0.0.1:8188', file: 'test/portrait.jsonl' })
 * await using discomfort = await Discomfort.create({ server: recorder.url })
 * await discomfort.run('portrait.json', { inputs: { seed: 7 } })
 */
export async function recordComfyUI({ server, file }: RecordOptions): Promise<ComfyUIRecorder> {
  const base = server.replace(/\/+$/, '')
  const entries: RecordingEntry[] = [{ kind: 'recording', v: 1 }]
  /** What was fetched of each value so far: a transfer that broke goes on where it was. */
  const fetched = new Map<string, Buffer>()
  const contexts = createOtherContexts()
  const upstreams = new Set<WebSocket>()
  const sockets = new WebSocketServer({ noServer: true })
  const http = createServer((request, response) => void forward(request, response).catch(() => response.destroy()))
  http.on('upgrade', join)
  http.listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request
    const body = Buffer.concat((await request.toArray()) as Buffer[])
    const sent = contexts.body(path, body)
    const answer = await fetch(base + contexts.path(path), {
      method,
      headers: { ...passedOn(request), 'accept-encoding': 'identity' },
      redirect: 'manual',
      ...(sent.length > 0 ? { body: Uint8Array.from(sent) } : {}),
    })
    const given = Buffer.from(await answer.arrayBuffer())
    const told = path === '/discomfort/handshake' && answer.ok ? withoutStore(given) : given
    note(request, body, answer, told)
    const headers = [...answer.headers].filter(([name]) => !hopByHop.test(name) && name !== 'content-encoding')
    response.writeHead(answer.status, Object.fromEntries(headers))
    response.end(told)
  }

  function note(request: IncomingMessage, body: Buffer, answer: Response, given: Buffer): void {
    const { method = '', url: path = '', headers } = request
    const value = values.exec(path)
    if (value) {
      if (method === 'GET' && value[1] && answer.ok) noteValue(value[1], given, headers.range)
      return
    }
    entries.push({
      kind: 'exchange',
      method,
      path: withoutTokens(path),
      ...(headers['content-type'] ? { contentType: headers['content-type'] } : {}),
      ...(body.length > 0 ? { request: toContent(withoutKeys(body)) } : {}),
      status: answer.status,
      headers: tellingHeaders(answer.headers),
      response: toContent(withoutKeys(given)),
    })
  }

  function noteValue(id: string, given: Buffer, range: string | undefined): void {
    const offset = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
    fetched.set(id, Buffer.concat([(fetched.get(id) ?? Buffer.alloc(0)).subarray(0, offset), given]))
  }

  function join(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const path = request.url ?? ''
    const id = new URL(path, 'http://recorder').searchParams.get('clientId') ?? ''
    const upstream = new WebSocket(base.replace(/^http/, 'ws') + path, {
      headers: Object.fromEntries(Object.entries(passedOn(request)).filter(([name]) => !name.startsWith('sec-'))),
      maxPayload: 256 * 2 ** 20,
    })
    upstreams.add(upstream)
    upstream.once('close', () => upstreams.delete(upstream))
    upstream.on('error', () => connection.destroy())
    // The client may speak when the server hears it.
    upstream.once('open', () => {
      sockets.handleUpgrade(request, connection, head, (client) => {
        client.on('message', (data, isBinary) => upstream.send(data, { binary: isBinary }))
        client.on('error', () => upstream.terminate())
        client.once('close', () => upstream.close())
        upstream.once('close', () => client.close())
        upstream.on('message', (data: Buffer, isBinary) => {
          const content = isBinary ? { base64: data.toString('base64') } : toContent(withoutKeys(data))
          entries.push({ kind: 'message', client: id, content })
          client.send(data, { binary: isBinary })
        })
      })
    })
  }

  const recorder: ComfyUIRecorder = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get recording() {
      const given = [...fetched].map(
        ([id, bytes]) => ({ kind: 'value', id, base64: bytes.toString('base64') }) as const,
      )
      return [...entries, ...given]
    },
    async [Symbol.asyncDispose]() {
      for (const upstream of upstreams) upstream.terminate()
      for (const client of sockets.clients) client.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      if (file) await writeFile(file, writeRecording(recorder.recording))
    },
  }
  return recorder
}

function passedOn({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (hopByHop.test(name) ? [] : [[name, String(value)]])),
  )
}

function withoutStore(handshake: Buffer): Buffer {
  const told = JSON.parse(handshake.toString('utf8')) as object
  return Buffer.from(JSON.stringify({ ...told, roots: nowhere, nonce: null }))
}
