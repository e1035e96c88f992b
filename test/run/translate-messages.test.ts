import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/events/event.ts'
import { createEventStream } from '../../src/events/event-stream.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { createTranslator } from '../../src/run/translate-messages.ts'

const prompt: Prompt = {
  1: { class_type: 'Load', inputs: {}, _meta: { title: 'The model' } },
  12: { class_type: 'Loop', inputs: {}, _meta: { title: 'My loop' } },
  '58:43': { class_type: 'KSampler', inputs: {} },
  9: { class_type: 'Save', inputs: {} },
}

/** The events of these messages. */
function translate(...messages: [type: string, data: Record<string, unknown>][]): RunEvent[] {
  const events: RunEvent[] = []
  const translator = createTranslator(prompt, {
    events: createEventStream('run', (event) => events.push(event)),
    workflowIndex: 2,
    promptId: 'p',
    workflow: 'a.json',
  })
  for (const [type, data] of messages) translator.message({ type, data })
  return events
}

describe('the messages of the server', () => {
  it('become events with the nodes as they were drawn, and how far the whole is', () => {
    const events = translate(
      ['execution_start', { prompt_id: 'p' }],
      ['execution_cached', { nodes: ['1'] }],
      ['executing', { node: '58:43', display_node: '58:43' }],
      ['progress', { node: '58:43', value: 5, max: 10 }],
      ['executing', { node: '9' }],
      ['executing', { node: null }],
      ['execution_success', {}],
    )
    expect(events.every(({ workflowIndex }) => workflowIndex === 2)).toBe(true)
    const common = new Set([
      'v',
      'seq',
      'time',
      'runId',
      'iteration',
      'workflowIndex',
      'attempt',
      'waited',
      'milliseconds',
    ])
    const told = events.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => !common.has(name))))
    expect(told).toEqual([
      { type: 'queued', promptId: 'p', workflow: 'a.json', position: 0 },
      { type: 'started', promptId: 'p' },
      { type: 'cached', nodes: [{ node: '1', title: 'The model', classType: 'Load' }] },
      { type: 'nodeStarted', node: '58:43', title: 'KSampler', classType: 'KSampler' },
      { type: 'progress', node: '58:43', title: 'KSampler', classType: 'KSampler', value: 5, max: 10, overall: 0.375 },
      { type: 'nodeFinished', node: '58:43', title: 'KSampler', classType: 'KSampler', overall: 0.5 },
      { type: 'nodeStarted', node: '9', title: 'Save', classType: 'Save' },
      { type: 'nodeFinished', node: '9', title: 'Save', classType: 'Save', overall: 0.75 },
    ])
  })

  it('about nodes that a node made while it ran are about that node, which starts and ends once', () => {
    const events = translate(
      ['executing', { node: '12', display_node: '12' }],
      ['executing', { node: '12.0.0.5', display_node: '12' }],
      ['progress', { node: '12.0.0.5', display_node_id: '12', value: 1, max: 2 }],
      ['executing', { node: '12.0.0.6' }],
      ['executing', { node: '9' }],
    )
    expect(events.map((event) => [event.type, 'node' in event ? event.node : ''])).toEqual([
      ['nodeStarted', '12'],
      ['progress', '12'],
      ['nodeFinished', '12'],
      ['nodeStarted', '9'],
    ])
  })

  it('about nodes that the prompt does not know keep their whole ids', () => {
    expect(translate(['progress', { node: '99.1', value: 1, max: 2 }])).toMatchObject([{ node: '99.1', title: '99.1' }])
  })

  it('without steps or nodes make no events', () => {
    expect(
      translate(
        ['progress', { node: '9', value: 0, max: 0 }],
        ['progress', { node: '9', value: 1 }],
        ['execution_cached', { nodes: [] }],
        ['execution_cached', {}],
        ['status', {}],
      ),
    ).toEqual([])
  })

  it('never say that more than all is done', () => {
    const events = translate(['progress', { node: '9', value: 50, max: 10 }])
    expect(events).toMatchObject([{ overall: 0.25 }])
  })
})
