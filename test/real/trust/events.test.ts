import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, type RunEvent } from 'discomfort'
import { node, port } from '../support/prompts.ts'
import { sampling } from './support/sampling.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const heard: RunEvent[] = []
  for await (const event of events) heard.push(event)
  return heard
}

const ofType = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type)

describe('the events of a run', () => {
  it('show what a sampler is at, with pictures only where somebody listens', async () => {
    const events = await all(discomfort.run(sampling(4), { inputs: { seed: 1 } }))
    const previews = ofType(events, 'preview')
    expect(previews.length).toBeGreaterThan(0)
    expect(previews[0]).toMatchObject({ classType: 'KSampler', mediaType: 'image/jpeg' })
    expect([...(previews[0]?.bytes.subarray(0, 2) ?? [])]).toEqual([0xff, 0xd8])
    expect(ofType(events, 'progress').at(-1)).toMatchObject({ value: 4, max: 4 })
    const without = await all(discomfort.run(sampling(4), { inputs: { seed: 2 }, previews: false }))
    expect(ofType(without, 'preview')).toEqual([])
    expect(ofType(without, 'progress').length).toBeGreaterThan(0)
  })

  it('tell times, from the queue to the end', async () => {
    const first = discomfort.run({ 1: node('TestSlow', { steps: 10, seed: 1 }), 2: port('seed', ['1', 0]) })
    for await (const { type } of first) if (type === 'started') break
    const events = await all(discomfort.run({ 1: node('TestSlow', { steps: 4, seed: 2 }), 2: port('seed', ['1', 0]) }))
    expect(ofType(events, 'queued')).toMatchObject([{ position: 1 }])
    const [started] = ofType(events, 'started')
    const [finished] = ofType(events, 'finished')
    expect(started?.waited).toBeGreaterThan(100)
    expect(finished?.ran).toBeGreaterThan(190)
    expect(finished?.milliseconds).toBeGreaterThanOrEqual((started?.waited ?? 0) + (finished?.ran ?? 0) - 1)
    const slow = ofType(events, 'nodeFinished').find(({ classType }) => classType === 'TestSlow')
    expect(slow?.milliseconds).toBeGreaterThan(190)
    await first
  })

  it('give the texts that nodes show, and what ComfyUI prints meanwhile', async () => {
    const text = `hello ${Date.now()}`
    const events = await all(discomfort.run({ 1: node('TestSay', { text }), 2: port('said', ['1', 0]) }))
    expect(ofType(events, 'text')).toMatchObject([{ node: '1', classType: 'TestSay', text }])
    const line = ofType(events, 'log').find((event) => event.text.includes(`said ${text}`))
    expect(line).toMatchObject({ level: 'warning' })
  })
})

describe('what ComfyUI prints', () => {
  it('can be followed, whoever it is for', async () => {
    const text = `followed ${Date.now()}`
    const lines = discomfort.connector.logs()
    const heard = (async () => {
      for await (const line of lines) if (line.text.includes(`said ${text}`)) return line
      return undefined
    })()
    await using other = await Discomfort.create({ server: inject('server'), exclusive: true })
    // Whoever asks for the log is heard before the run is sent.
    await discomfort.connector.getModelCache()
    await other.run({ 1: node('TestSay', { text }), 2: port('said', ['1', 0]) })
    expect(await heard).toMatchObject({ level: 'warning' })
  })
})
