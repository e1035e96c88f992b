import type { ContextStore } from '../context/context-store.ts'
import type { Mirror } from '../context/storage/mirror.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import type { Receipt } from '../schema/receipt.ts'
import type { SaverEntry } from '../schema/saver-entry.ts'
import type { SubmitNote } from '../schema/submit.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { RemoteValues } from '../server/transfer/remote-values.ts'
import type { PlannedOutput } from './run-plan.ts'
import { needsFiles, type ValueExchange } from './value-exchange.ts'

/**
 * For a server that does not see our store: what loaders read is sent there, once, and what savers wrote is fetched
 * before the run commits it. What is gone here is removed there.
 */
export class RemoteExchange implements ValueExchange, Mirror {
  readonly #connector: ComfyConnector
  readonly #store: ContextStore
  readonly #values: RemoteValues
  /** What is there, with the checksum of its file; what stays alive in the server has none. */
  readonly #there = new Map<string, string | undefined>()
  readonly #sending = new Map<string, Promise<void>>()
  readonly #closed = new AbortController()
  #isOpen = false
  #removing: Promise<void> = Promise.resolve()

  constructor(connector: ComfyConnector, store: ContextStore) {
    this.#connector = connector
    this.#store = store
    this.#values = new RemoteValues(connector.http, store.contextId)
    store.addMirror(this)
  }

  /** @throws {@link DiscomfortError} `SERVER_INCOMPATIBLE`, `SERVER_UNREACHABLE`, `VALUE_TOO_LARGE`, `STORE_FULL` */
  async provide(loads: readonly StoredValue[], outputs: readonly PlannedOutput[], signal: AbortSignal): Promise<void> {
    // Without the pack nothing runs that needs values; the run says so itself.
    if (!this.#connector.handshake || !needsFiles(loads, outputs)) return
    const either = this.#either(signal)
    this.#isOpen = true
    const opened = await this.#values.open(either)
    if (!opened) throw storeNotShared(this.#connector.serverAddress, this.#store)
    if (opened.isNew) this.#there.clear()
    for (const value of loads) if (!value.resident) await this.#send(value, opened.limit, either)
  }

  /** All that is read lies on the server's disk, and so does all that is written, since it has to have a checksum. */
  note(reads: readonly Receipt[]): Pick<SubmitNote, 'digests' | 'ram'> {
    const digests = reads.flatMap(({ id }) => {
      const digest = this.#there.get(id)
      return digest === undefined ? [] : [[id, digest] as const]
    })
    return { digests: Object.fromEntries(digests), ram: 0 }
  }

  /** @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `VALUE_CORRUPT`, `STORE_FULL` */
  async take(entries: readonly SaverEntry[], useRam: boolean, signal: AbortSignal): Promise<void> {
    const inFiles = entries.filter(({ tree }) => tree === undefined)
    const either = this.#either(signal)
    const taken: StoredValue[] = []
    for (const { receipt } of inFiles) this.#there.set(receipt.id, receipt.digest)
    try {
      for (const { receipt, resident } of inFiles) {
        if (resident) continue
        taken.push(await this.#store.receive(receipt, () => this.#values.fetch(receipt, either), useRam))
      }
    } catch (error) {
      for (const { receipt } of inFiles) this.release(receipt.id)
      // Nobody uses them: they go with the first who lets them go.
      if (!this.#store.isClosed) for (const value of taken) this.#store.hold(value)()
      throw error
    }
  }

  release(id: string): void {
    if (!this.#there.delete(id)) return
    // One after another, so that a thousand of them are no thousand connections.
    this.#removing = this.#removing.then(() => (this.#closed.signal.aborted ? undefined : this.#values.remove(id)))
  }

  async close(): Promise<void> {
    this.#closed.abort(
      new DiscomfortError('CLOSED', 'The context was closed while its values were on their way.', {
        details: { what: 'context' },
      }),
    )
    if (this.#isOpen) await this.#values.removeAll()
  }

  /** Sends a value that is not there. Where another run sends it already, that one is waited for. */
  async #send(value: StoredValue, limit: number, signal: AbortSignal): Promise<void> {
    const { id } = value.receipt
    while (!this.#there.has(id)) {
      const other = this.#sending.get(id)
      if (other) await other.catch(() => undefined)
      else {
        const sending = this.#sendNow(value, limit, signal).finally(() => this.#sending.delete(id))
        this.#sending.set(id, sending)
        await sending
      }
      signal.throwIfAborted()
    }
  }

  async #sendNow(value: StoredValue, limit: number, signal: AbortSignal): Promise<void> {
    // One that was let go and comes again must not be removed after it was sent.
    await this.#removing
    const file = await this.#store.outgoing(value)
    if (file.bytes > limit) throw tooLarge(this.#connector.serverAddress, file, limit)
    await this.#values.send(file, signal)
    this.#there.set(file.id, file.digest)
  }

  #either(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal])
  }
}

function tooLarge(
  url: string,
  { id, bytes }: { readonly id: string; readonly bytes: number },
  limit: number,
): DiscomfortError<'VALUE_TOO_LARGE'> {
  const message = `The value ${id} has ${bytes} bytes, and ComfyUI at ${url} takes no more than ${limit}. Raise DISCOMFORT_MAX_VALUE_GB there.`
  return new DiscomfortError('VALUE_TOO_LARGE', message, { details: { bytes, limit } })
}

function storeNotShared(url: string, store: ContextStore): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `The ComfyUI at ${url} does not see ${store.folders.roots.disk}, and its pack is too old to take values over HTTP: pictures, tensors and long texts cannot be passed through ports. Update the pack there, or run Discomfort where ComfyUI runs.`,
    { details: { url, reason: 'the store is not shared' } },
  )
}
