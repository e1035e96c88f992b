import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Checksum } from '../../../src/context/storage/checksum.ts'
import { createHttp } from '../../../src/server/http/http.ts'
import { RemoteValues, type SendableValue } from '../../../src/server/transfer/remote-values.ts'
import { failure } from '../../support/failure.ts'
import { valuesServer, type ValuesServer } from '../../support/values-server.ts'

const PART = 8 * 2 ** 20
const never = new AbortController().signal

function sendable(bytes: Buffer, id: string = randomUUID()): SendableValue {
  const sum = new Checksum()
  sum.add(bytes)
  const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length))
  return { id, bytes: bytes.length, digest: sum.text, read }
}

async function opened(server: ValuesServer): Promise<RemoteValues> {
  const values = new RemoteValues(createHttp(server.url), 'context-1')
  expect(await values.open(never)).toMatchObject({ isNew: true })
  return values
}

async function fetched(values: RemoteValues, value: { id: string; bytes: number }, signal = never): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of values.fetch(value, signal)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a value for a server elsewhere', () => {
  it('is sent in parts of 8 MiB and comes back the same', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    const bytes = randomBytes(2 * PART + 5)
    const value = sendable(bytes)
    await values.send(value, never)
    expect(server.requests.filter((request) => request.startsWith('PUT /discomfort/values'))).toHaveLength(3)
    expect(server.values.get(`context-1/${value.id}`)?.equals(bytes)).toBe(true)
    expect((await fetched(values, value)).equals(bytes)).toBe(true)
    await values.remove(value.id)
    expect(server.values.size).toBe(0)
    await values.removeAll()
    expect(server.contexts.size).toBe(0)
  })

  it('goes on where the server says it is, after a part or its answer was lost', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    const bytes = randomBytes(3 * PART)
    const value = sendable(bytes)
    const odd = new Map<number, 'lost' | { status: number }>([
      [2, 'lost'],
      [3, { status: 503 }],
    ])
    let puts = 0
    server.odd = (method) => (method === 'PUT' ? odd.get((puts += 1)) : undefined)
    await values.send(value, never)
    expect(server.values.get(`context-1/${value.id}`)?.equals(bytes)).toBe(true)
    expect(server.requests.filter((request) => request.startsWith('HEAD'))).toHaveLength(2)
    const begins = server.requests.flatMap((request) => /bytes (\d+)-/.exec(request)?.[1] ?? []).map(Number)
    expect(begins).toEqual([0, PART, PART, PART, 2 * PART])
  })

  it('comes down in as many pieces as the connection allows', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    const bytes = randomBytes(10 * 100_000)
    const value = sendable(bytes)
    await values.send(value, never)
    server.cutAnswersAfter = 100_000
    expect((await fetched(values, value)).equals(bytes)).toBe(true)
    expect(server.requests.filter((request) => request.startsWith('GET')).length).toBeGreaterThanOrEqual(10)
  })

  it('that a server does not answer for is named, after a few attempts', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    const value = sendable(randomBytes(10))
    server.odd = () => 'lost'
    const { message, details } = await failure('SERVER_UNREACHABLE', values.send(value, never))
    expect(message).toContain(`Sending the value ${value.id} to ComfyUI at ${server.url} broke off at byte 0`)
    expect(details.url).toBe(server.url)
    expect(server.requests.length).toBeLessThan(10)
  })

  it.each([
    [422, 'VALUE_CORRUPT'],
    [507, 'STORE_FULL'],
    [404, 'VALUE_GONE'],
    [401, 'SERVER_UNAUTHORIZED'],
    [400, 'SERVER_INCOMPATIBLE'],
  ] as const)('that is refused with %i is %s at once', async (status, code) => {
    await using server = await valuesServer()
    const values = await opened(server)
    const before = server.requests.length
    server.odd = () => ({ status, body: JSON.stringify({ error: { message: 'the words of the server' } }) })
    const { message } = await failure(code, values.send(sendable(randomBytes(10)), never))
    expect(server.requests).toHaveLength(before + 1)
    if (status !== 401) expect(message).toContain('the words of the server')
  })

  it('is not sent for ever where nothing comes of it', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    server.odd = () => ({ status: 200, body: '{}' })
    const { message } = await failure('SERVER_UNREACHABLE', values.send(sendable(randomBytes(10)), never))
    expect(message).toContain('has no more than before')
  })

  it('whose proxy takes no large requests says so', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    server.odd = () => ({ status: 413, body: 'Request Entity Too Large' })
    const { message } = await failure('SERVER_INCOMPATIBLE', values.send(sendable(randomBytes(10)), never))
    expect(message).toContain('client_max_body_size')
  })

  it('is left at once when its signal fires, on the way up, on the way down and between attempts', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    const value = sendable(randomBytes(10))
    await values.send(value, never)
    for (const answer of ['none', 'lost'] as const) {
      server.odd = () => answer
      for (const work of [
        (signal: AbortSignal) => values.send(value, signal),
        (signal: AbortSignal) => fetched(values, value, signal),
      ]) {
        const stop = new AbortController()
        const reason = new Error('enough')
        setTimeout(() => stop.abort(reason), 100)
        await expect(work(stop.signal)).rejects.toBe(reason)
      }
    }
  })

  it('is removed without a word where nobody answers', async () => {
    await using server = await valuesServer()
    const values = await opened(server)
    server.odd = () => 'none'
    const begun = performance.now()
    await Promise.all([values.remove(randomUUID()), values.removeAll()])
    // Far less than other requests are waited for.
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})
