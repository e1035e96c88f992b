import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ContextStore } from '../../src/context/context-store.ts'
import type { StoredValue } from '../../src/context/stored-value.ts'
import { createExchanges } from '../../src/run/exchanges.ts'
import type { PlannedOutput } from '../../src/run/run-plan.ts'
import type { ValueExchange } from '../../src/run/value-exchange.ts'
import type { SaverEntry } from '../../src/schema/saver-entry.ts'
import type { ComfyConnector } from '../../src/server/connector.ts'
import { createHttp } from '../../src/server/http/http.ts'
import { Tensor } from '../../src/values/tensor.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { until } from '../support/until.ts'
import { valuesServer, type ValuesServer } from '../support/values-server.ts'

const never = new AbortController().signal
const picture: PlannedOutput = { key: 'out', node: '1', type: 'IMAGE', isList: false }

let work: TemporaryFolder
let server: ValuesServer
let store: ContextStore
beforeEach(async () => {
  work = await temporaryFolder('remote')
  server = await valuesServer()
  store = new ContextStore({ disk: join(work.path, 'disk'), ram: join(work.path, 'ram') })
})
afterEach(async () => {
  await store.close()
  await server[Symbol.asyncDispose]()
  await work[Symbol.asyncDispose]()
})

function exchangeWith({ url }: { readonly url: string }): ValueExchange {
  const connector = { http: createHttp(url), serverAddress: url, handshake: {} } as ComfyConnector
  return createExchanges(connector, undefined)(store)
}

function save(size = 1000): Promise<StoredValue> {
  return store.prepare(Tensor.from(new Float32Array(size).fill(0.5), [size]))
}

/** What a saver there tells of a value that it wrote. */
function written(stored: StoredValue, bytes: Buffer, id: string = crypto.randomUUID()): SaverEntry {
  server.values.set(`${store.contextId}/${id}`, bytes)
  return { v: 1, unique_id: 'out', receipt: { ...stored.receipt, id } }
}

const sent = () => server.requests.filter((request) => request.startsWith('PUT /discomfort/values')).length

describe('the values of a context and a server elsewhere', () => {
  it('are sent once, also by two runs at the same time, and told with their checksum', async () => {
    const exchange = exchangeWith(server)
    const value = await save()
    await Promise.all([exchange.provide([value], [], never), exchange.provide([value], [], never)])
    await exchange.provide([value], [picture], never)
    expect(sent()).toBe(1)
    const { digests, ram } = exchange.note([value.receipt], true)
    expect(digests).toEqual({ [value.receipt.id]: expect.stringMatching(/^crc32:[0-9a-f]{8}$/) as string })
    expect(ram).toBe(0)
  })

  it('are not asked for by a run of numbers', async () => {
    await exchangeWith(server).provide([], [{ ...picture, type: 'INT' }], never)
    expect(server.requests).toEqual([])
  })

  it('are sent again where the server lost them', async () => {
    const exchange = exchangeWith(server)
    const value = await save()
    await exchange.provide([value], [], never)
    server.contexts.clear()
    server.values.clear()
    await exchange.provide([value], [], never)
    expect(server.values.size).toBe(1)
  })

  it('are removed there with their last use here, and all with the context', async () => {
    const exchange = exchangeWith(server)
    const value = await save()
    store.commit([['key', value]])
    await exchange.provide([value], [], never)
    expect(server.values.size).toBe(1)
    store.delete('key')
    await until(() => server.values.size === 0)
    await store.close()
    expect(server.contexts.size).toBe(0)
    expect(await readdir(join(work.path, 'disk'))).toEqual([])
  })

  it('come from there before the run has them, are known there, and lie here', async () => {
    const exchange = exchangeWith(server)
    const like = await save()
    await exchange.provide([like], [picture], never)
    const bytes = server.values.get(`${store.contextId}/${like.receipt.id}`) as Buffer
    const entry = written(like, bytes)
    await exchange.take([entry], true, never)
    const value = store.adopt(entry.receipt)
    expect(store.placeOf(value)).toBe('ram')
    const tensor = (await store.decode(value)) as Tensor
    expect((await tensor.data()).slice(0, 2)).toEqual(new Float32Array([0.5, 0.5]))
    await exchange.provide([value], [], never)
    expect(sent()).toBe(1)
  })

  it('come all or not at all: what is damaged on its way takes the others with it', async () => {
    const exchange = exchangeWith(server)
    const like = await save()
    await exchange.provide([like], [picture], never)
    const bytes = server.values.get(`${store.contextId}/${like.receipt.id}`) as Buffer
    const good = written(like, bytes)
    const damaged = written(like, Buffer.from(bytes).fill(7, 500, 600))
    const digest = exchange.note([like.receipt], true).digests[like.receipt.id]
    const entries = [good, damaged].map((entry) => ({ ...entry, receipt: { ...entry.receipt, digest } }))
    await failure('VALUE_CORRUPT', exchange.take(entries, false, never))
    const left = await readdir(join(work.path, 'disk', store.contextId))
    expect(left.filter((name) => name !== 'owner.json')).toEqual([])
    await until(() => server.values.size === 1)
  })

  it('that are too large for the server are not sent', async () => {
    await using small = await valuesServer({ limit: 500 })
    const { details, message } = await failure(
      'VALUE_TOO_LARGE',
      exchangeWith(small).provide([await save()], [], never),
    )
    expect(details.limit).toBe(500)
    expect(message).toContain('DISCOMFORT_MAX_VALUE_GB')
    expect(small.values.size).toBe(0)
  })

  it('need a pack that takes them', async () => {
    await using old = await valuesServer({ isOld: true })
    const { details } = await failure('SERVER_INCOMPATIBLE', exchangeWith(old).provide([await save()], [], never))
    expect(details.reason).toBe('the store is not shared')
  })

  it('end with the context, also on their way, and a server that hangs does not hold it up', async () => {
    const exchange = exchangeWith(server)
    const value = await save()
    await exchange.provide([], [picture], never)
    server.odd = () => 'none'
    const sending = failure('CLOSED', exchange.provide([value], [], never))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const begun = performance.now()
    await store.close()
    // Far less than other requests are waited for.
    expect(performance.now() - begun).toBeLessThan(20_000)
    await sending
  })
})
