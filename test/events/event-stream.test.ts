import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/events/event.ts'
import { createEventStream, type EventStream } from '../../src/events/event-stream.ts'

const sampler = { node: '3', title: 'Sampler', classType: 'KSampler' }
const decoder = { node: '8', title: 'Decode', classType: 'VAEDecode' }

function progress(events: EventStream, value: number, node = sampler): void {
  events.emit('progress', 0, { ...node, value, max: 100, overall: value / 100 })
}

function preview(events: EventStream, byte: number, node = sampler): void {
  events.emit('preview', 0, { ...node, mediaType: 'image/jpeg', bytes: Uint8Array.of(byte) })
}

async function readAll(events: EventStream): Promise<RunEvent[]> {
  const read: RunEvent[] = []
  for await (const event of events.read()) read.push(event)
  return read
}

describe('a stream of events', () => {
  it('numbers its events and tells each reader all of them, whenever it comes', async () => {
    const events = createEventStream('run-1')
    events.emit('queued', 0, { promptId: 'p', workflow: 'a.json', position: 0 })
    const early = readAll(events)
    events.emit('started', 0, { promptId: 'p', waited: 0 })
    events.close()
    const late = await readAll(events)
    expect(await early).toEqual(late)
    expect(late).toMatchObject([
      { v: 1, seq: 0, runId: 'run-1', workflowIndex: 0, type: 'queued', workflow: 'a.json' },
      { v: 1, seq: 1, runId: 'run-1', type: 'started' },
    ])
  })

  it('lets each reader go at its own pace', async () => {
    const events = createEventStream('run')
    const [slow, fast] = [events.read(), events.read()]
    for (let index = 0; index < 3; index += 1) events.emit('warning', index, { message: String(index) })
    const seen = async (reader: AsyncIterator<RunEvent>) => ((await reader.next()).value as RunEvent).workflowIndex
    expect([await seen(fast), await seen(fast), await seen(slow), await seen(fast), await seen(slow)]).toEqual([
      0, 1, 0, 2, 1,
    ])
  })

  it('wakes readers that wait', async () => {
    const events = createEventStream('run')
    const first = events.read().next()
    const second = events.read().next()
    events.emit('started', 0, { promptId: 'p', waited: 0 })
    expect((await first).value).toMatchObject({ type: 'started' })
    expect((await second).value).toMatchObject({ type: 'started' })
  })

  it('keeps of the progress in one node only the newest, and counts what it dropped', async () => {
    const events = createEventStream('run')
    progress(events, 1)
    progress(events, 2)
    progress(events, 3)
    progress(events, 1, decoder)
    events.emit('nodeFinished', 0, { ...decoder, overall: 1, milliseconds: 5 })
    progress(events, 4)
    events.close()
    const read = await readAll(events)
    expect(read.map((event) => [event.type, 'value' in event ? event.value : undefined])).toEqual([
      ['progress', 3],
      ['progress', 1],
      ['nodeFinished', undefined],
      ['progress', 4],
    ])
    expect(events.dropped).toBe(2)
  })

  it('keeps of previews that come between the steps of a node only the newest too', async () => {
    const events = createEventStream('run')
    for (let step = 1; step <= 50; step += 1) {
      progress(events, step)
      preview(events, step)
    }
    events.close()
    expect(await readAll(events)).toMatchObject([
      { type: 'progress', value: 50 },
      { type: 'preview', bytes: Uint8Array.of(50) },
    ])
    expect(events.dropped).toBe(98)
  })

  it('goes on for a reader whose last event was dropped', async () => {
    const events = createEventStream('run')
    const reader = events.read()
    progress(events, 1)
    expect((await reader.next()).value).toMatchObject({ value: 1 })
    progress(events, 2)
    expect((await reader.next()).value).toMatchObject({ value: 2 })
    progress(events, 3)
    events.emit('started', 0, { promptId: 'p', waited: 0 })
    expect((await reader.next()).value).toMatchObject({ value: 3 })
    expect((await reader.next()).value).toMatchObject({ type: 'started' })
  })

  it('never drops what tells of the life of the run for a reader that is there, and keeps a thousand others', async () => {
    const events = createEventStream('run')
    const reader = events.read()
    const first = reader.next()
    for (let index = 0; index < 5000; index += 1) {
      progress(events, 1)
      events.emit('output', index, { uniqueId: String(index), valueType: 'INT', shape: null })
    }
    for (let index = 0; index < 5500; index += 1) events.emit('warning', index, { message: '' })
    events.close()
    const types = new Map<string, number>([[((await first).value as RunEvent).type, 1]])
    for await (const { type } of reader) types.set(type, (types.get(type) ?? 0) + 1)
    expect(Object.fromEntries(types)).toEqual({ progress: 1000, output: 5000, warning: 5500 })
    expect(events.dropped).toBe(4000)
  })

  it('keeps ten thousand for a reader that comes late, and forgets what all have read', async () => {
    const events = createEventStream('run')
    const reader = events.read()
    for (let index = 0; index < 25_000; index += 1) {
      events.emit('warning', index, { message: '' })
      await reader.next()
    }
    events.close()
    const late = await readAll(events)
    expect(late).toHaveLength(10_000)
    expect(late.at(-1)).toMatchObject({ workflowIndex: 24_999 })
  })

  it('stops counting on a reader that has gone', async () => {
    const events = createEventStream('run')
    events.emit('warning', 0, { message: 'first' })
    expect(events.isHeard).toBe(false)
    for await (const event of events.read()) {
      expect(event.type).toBe('warning')
      expect(events.isHeard).toBe(true)
      break
    }
    expect(events.isHeard).toBe(false)
    for (let index = 0; index < 20_000; index += 1) events.emit('warning', index, { message: '' })
    events.close()
    expect(await readAll(events)).toHaveLength(10_000)
  })

  it('calls a listener at once, also for what is dropped', () => {
    const heard: RunEvent[] = []
    const events = createEventStream('run', (event) => heard.push(event))
    progress(events, 1)
    progress(events, 2)
    events.close()
    progress(events, 3)
    expect(heard).toMatchObject([{ value: 1 }, { value: 2 }])
  })

  it('throws the error of the run to every reader, after the last event', async () => {
    const events = createEventStream('run')
    const early = readAll(events)
    const reader = events.read()
    events.emit('failed', 0, { code: 'TIMEOUT', message: 'late', milliseconds: 9 })
    events.close({ reason: new Error('late') })
    expect((await reader.next()).value).toMatchObject({ type: 'failed' })
    await expect(reader.next()).rejects.toThrow('late')
    await expect(early).rejects.toThrow('late')
    await expect(readAll(events)).rejects.toThrow('late')
  })

  it('ends for a reader that breaks off, and goes on for others', async () => {
    const events = createEventStream('run')
    const other = readAll(events)
    events.emit('started', 0, { promptId: 'p', waited: 0 })
    for await (const event of events.read()) if (event.type === 'started') break
    events.emit('finished', 0, { promptId: 'p', milliseconds: 1, ran: 9 })
    events.close()
    expect(await other).toHaveLength(2)
  })
})
