import { Attempts } from './attempts.ts'
import { request, unreachable, type Http } from '../http/http.ts'
import { transferFailure } from './transfer-failure.ts'

/** How much of a value one request brings. */
const PART = 8 * 2 ** 20
/** How long a server may take to remove something that nobody waits for. */
const removePatience = 1500

/** A value whose bytes can be read in any order, for sending. */
export interface SendableValue {
  readonly id: string
  readonly bytes: number
  readonly digest: string
  read(offset: number, length: number): Promise<Uint8Array>
}

/** What a server says when a context is opened there. */
export interface OpenedContext {
  /** Whether it was made now: nothing that was sent before is there. */
  readonly isNew: boolean
  /** The largest value that it takes, in bytes. */
  readonly limit: number
}

/**
 * The values of one context on a server that does not see our store, over the pack's routes. At most 8 MiB of a value are
 * in memory, and a transfer whose connection breaks goes on where it was.
 */
export class RemoteValues {
  readonly #http: Http
  readonly #contextId: string

  constructor(http: Http, contextId: string) {
    this.#http = http
    this.#contextId = contextId
  }

  /** Makes the context there, or finds it. Undefined where the pack is too old to have these routes. */
  async open(signal: AbortSignal): Promise<OpenedContext | undefined> {
    const response = await request(this.#http, this.#contextPath, {
      method: 'PUT',
      signal,
      small: true,
      repeatable: true,
    })
    if (response.status === 404 || response.status === 405) {
      await response.body?.cancel()
      return undefined
    }
    const { limit } = await this.#answer<{ limit: number }>(response, this.#contextId)
    return { isNew: response.status === 201, limit }
  }

  /**
   * Sends a value.
   * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `VALUE_CORRUPT`, `VALUE_TOO_LARGE`, `STORE_FULL`
   */
  async send(value: SendableValue, signal: AbortSignal): Promise<void> {
    const attempts = new Attempts(`Sending the value ${value.id} to ComfyUI`, signal)
    for (let offset: number | undefined = 0; offset === undefined || offset < value.bytes;) {
      try {
        offset ??= await this.#received(value.id, signal)
        attempts.reached(offset)
        if (offset < value.bytes) offset = await this.#sendPart(value, offset, signal)
        attempts.reached(offset)
      } catch (error) {
        await attempts.failed(error)
        offset = undefined
      }
    }
  }

  /**
   * The bytes of a value, as they arrive.
   * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `VALUE_GONE`
   */
  async *fetch({ id, bytes }: { id: string; bytes: number }, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const attempts = new Attempts(`Fetching the value ${id} from ComfyUI`, signal)
    for (let offset = 0; offset < bytes;) {
      try {
        for await (const chunk of this.#chunks(id, offset, signal)) {
          offset += chunk.length
          attempts.reached(offset)
          yield chunk
        }
        if (offset < bytes) throw unreachable(this.#http, new Error('the answer ends too early'))
      } catch (error) {
        await attempts.failed(error)
      }
    }
  }

  /** Removes a value, or its lease. Never fails. */
  remove(id: string): Promise<void> {
    return this.#remove(this.#valuePath(id))
  }

  /** Removes the context with all that is in it. Never fails. */
  removeAll(): Promise<void> {
    return this.#remove(this.#contextPath)
  }

  async #sendPart(value: SendableValue, offset: number, signal: AbortSignal): Promise<number> {
    const { id, bytes, digest } = value
    const part = await value.read(offset, Math.min(PART, bytes - offset))
    const end = offset + part.length
    const response = await request(this.#http, this.#valuePath(id), {
      method: 'PUT',
      body: part as Uint8Array<ArrayBuffer>,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `bytes ${offset}-${end - 1}/${bytes}`,
        'x-discomfort-digest': digest,
      },
      signal,
    })
    const { bytes: there } = await this.#answer<{ bytes: number }>(response, id, bytes)
    if (there > offset) return there
    throw unreachable(this.#http, new Error('it took a part and has no more than before'))
  }

  /** How many bytes of a value are there. Requests that still bring some are ended by the question. */
  async #received(id: string, signal: AbortSignal): Promise<number> {
    const response = await request(this.#http, this.#valuePath(id), {
      method: 'HEAD',
      signal,
      small: true,
      repeatable: false,
    })
    // The context, too, may be gone: the part that is sent next is told so.
    if (response.status === 404) return 0
    if (!response.ok) throw await transferFailure(this.#http, response, id)
    return Number(response.headers.get('x-discomfort-bytes'))
  }

  async *#chunks(id: string, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const headers = { 'accept-encoding': 'identity', range: `bytes=${offset}-` }
    const response = await request(this.#http, this.#valuePath(id), { headers, signal, repeatable: false })
    if (response.status !== 206) throw await transferFailure(this.#http, response, id)
    try {
      yield* response.body as unknown as AsyncIterable<Uint8Array>
    } catch (cause) {
      signal.throwIfAborted()
      throw unreachable(this.#http, cause)
    }
  }

  async #answer<Answer>(response: Response, id: string, bytes = 0): Promise<Answer> {
    if (!response.ok) throw await transferFailure(this.#http, response, id, bytes)
    try {
      return (await response.json()) as Answer
    } catch (cause) {
      throw unreachable(this.#http, cause)
    }
  }

  /** What stays there goes when nobody asked for the context during a day. */
  async #remove(path: string): Promise<void> {
    try {
      const response = await request(this.#http, path, {
        method: 'DELETE',
        signal: AbortSignal.timeout(removePatience),
      })
      await response.body?.cancel()
    } catch {
      // Nobody is there any more.
    }
  }

  get #contextPath(): string {
    return `/discomfort/contexts/${this.#contextId}`
  }

  #valuePath(id: string): string {
    return `/discomfort/values/${this.#contextId}/${id}`
  }
}
