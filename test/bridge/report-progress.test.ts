import { expect, it } from 'vitest'
import type { MessageConnection } from 'vscode-jsonrpc/node'
import { reportProgress } from '../../src/bridge/report-progress.ts'
import type { EventDetails, EventType, RunEvent } from '../../src/events/event.ts'
import type { Progress } from '../../src/schema/bridge.ts'

function recorder() {
  const told: Progress[] = []
  const connection = {
    sendNotification: async (_method: string, progress: Progress) => void told.push(progress),
  } as unknown as MessageConnection
  return { told, report: reportProgress(connection, 'call') }
}

const event = <Type extends EventType>(type: Type, details: EventDetails[Type]): RunEvent =>
  ({ v: 1, seq: 0, time: 0, runId: '', iteration: 0, workflowIndex: 0, attempt: 1, type, ...details }) as RunEvent
const sampler = { node: '3', title: 'My sampler', classType: 'KSampler' }

it('tells the node that runs by its title, and its steps', () => {
  const { told, report } = recorder()
  report(event('nodeStarted', sampler), { from: 0, size: 1, name: '' })
  report(event('progress', { ...sampler, value: 20, max: 20, overall: 0.5 }), { from: 0, size: 1, name: '' })
  report[Symbol.dispose]()
  expect(told.map(({ text, value }) => [text, value])).toEqual([
    ['My sampler', 0],
    ['My sampler 20/20', 0.5],
  ])
})

it('a run that is a part of a loop moves the bar by its share, and says which round it is', () => {
  const { told, report } = recorder()
  report(event('progress', { ...sampler, value: 1, max: 1, overall: 0.5 }), {
    from: 0.5,
    size: 0.25,
    name: 'Round 3 of 4',
  })
  expect(told).toMatchObject([{ value: 0.625, text: 'Round 3 of 4 · My sampler 1/1' }])
})

it('the bar never goes back', () => {
  const { told, report } = recorder()
  const share = { from: 0, size: 1, name: '' }
  report(event('nodeFinished', { ...sampler, overall: 0.8, milliseconds: 1 }), share)
  report(event('nodeFinished', { ...sampler, overall: 0.2, milliseconds: 1 }), share)
  report[Symbol.dispose]()
  expect(told.map(({ value }) => value)).toEqual([0.8, 0.8])
})

it('what comes in quick succession is told once, and nothing of the last of it is lost', () => {
  const { told, report } = recorder()
  const share = { from: 0, size: 1, name: '' }
  for (let value = 1; value <= 100; value += 1)
    report(event('progress', { ...sampler, value, max: 100, overall: value / 200 }), share)
  report(event('preview', { ...sampler, mediaType: 'image/jpeg', bytes: Uint8Array.of(1, 2, 3) }), share)
  report[Symbol.dispose]()
  expect(told.length).toBeLessThan(20)
  expect(told.at(-1)).toMatchObject({ text: 'My sampler 100/100', preview: { format: 'JPEG', data: 'AQID' } })
})

it('a change is told by itself, also where nothing follows', async () => {
  const { told, report } = recorder()
  report.tell(0.1, 'one')
  report.tell(0.2, 'two')
  await expect.poll(() => told.map(({ text }) => text)).toEqual(['one', 'two'])
})
