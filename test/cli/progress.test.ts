import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { progressBar } from '../../src/cli/progress-bar.ts'
import { fitWidth } from '../../src/cli/text-width.ts'
import type { RunEvent } from '../../src/events/event.ts'

const node = { node: '7', title: 'Sampler\u001B[31m\nof 日本語', classType: 'KSampler' }
let seq = 0
const event = (type: string, details: object = {}) =>
  ({ v: 1, seq: seq++, time: 0, runId: 'r', workflowIndex: 0, type, ...details }) as unknown as RunEvent

function terminal(columns: number) {
  const stream = Object.assign(new PassThrough(), { columns })
  const written: string[] = []
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  return { out: stream as unknown as NodeJS.WriteStream, lines: () => written.join('').split('\r\u001B[2K') }
}

describe('the progress bar', () => {
  it('shows nodes, steps and the fraction, and leaves one line a workflow', async () => {
    const { out, lines } = terminal(100)
    const bar = progressBar(['a.json'], out)
    bar.stage('Starting ComfyUI …')
    bar.event(event('queued'))
    bar.event(event('progress', { ...node, value: 3, max: 12, overall: 0.25 }))
    bar.stage('redrawn')
    bar.event(event('finished', { milliseconds: 1234 }))
    bar.end()
    await new Promise((resolve) => setImmediate(resolve))
    const text = lines().join('|')
    expect(text).toContain('Starting ComfyUI …')
    expect(text).toContain('✔ a.json  1.2 s\n')
    expect(lines().at(-1)).toBe('')
  })

  it('never wraps and lets no title command the terminal', async () => {
    const { out, lines } = terminal(40)
    const bar = progressBar(['a.json'], out)
    bar.event(event('nodeStarted', { ...node, title: node.title.repeat(9) }))
    bar.event(event('warning', { message: 'a\u001B[2Jb' }))
    bar.end()
    await new Promise((resolve) => setImmediate(resolve))
    for (const line of lines()) {
      expect(fitWidth(line.replace(/\n$/, ''), 40)).toBe(line.replace(/\n$/, ''))
      expect(line).not.toContain('\u001B')
    }
  })
})

describe('fitting text into columns', () => {
  it('counts wide characters twice', () => {
    expect(fitWidth('日本語', 4)).toBe('日本')
    expect(fitWidth('日本語', 5)).toBe('日本')
    expect(fitWidth('abc', 5)).toBe('abc')
  })
})
