import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { node } from '../support/prompts.ts'
import { innerWorkflows } from './support/inner-workflows.ts'
import { startOuterServer, type OuterServer } from './support/outer-server.ts'
import { ended, failureOf, post, runPrompt } from './support/post-prompt.ts'
import { insideOf } from './support/process-tree.ts'
import { randomWiring } from './support/random-wiring.ts'

let outer: OuterServer
beforeAll(async () => {
  outer = await startOuterServer(inject('launch'))
  for (const [name, workflow] of Object.entries(innerWorkflows)) await outer.save(name, workflow)
  await outer.configure({ scripts: 'all' })
  await runPrompt(outer.address, plain(0), 90_000)
})
afterAll(() => outer?.[Symbol.asyncDispose]())

const plain = (seed: number): Prompt => ({
  1: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: seed }),
  2: node('DiscomfortTestRunner', { workflow_path: 'invert.json', models: 'keep', input_0: ['1', 0] }),
  3: node('PreviewImage', { images: ['2', 0] }),
})

it('no wiring of our nodes hangs the queue: each job ends, and the next one runs', { timeout: 480_000 }, async () => {
  let seed = 1
  const counts = { refused: 0, partly: 0, failed: 0, succeeded: 0 }
  await fc.assert(
    fc.asyncProperty(randomWiring, async (prompt) => {
      const posted = await post(outer.address, prompt)
      if (posted) {
        const done = await ended(outer.address, posted.id, 30_000)
        if (Object.keys(posted.errors).length > 0) counts.partly += 1
        if (done.status.status_str === 'success') counts.succeeded += 1
        else counts.failed += 1
      } else counts.refused += 1
      const next = await runPrompt(outer.address, plain((seed += 1)), 30_000)
      expect(failureOf(next)).toBeUndefined()
    }),
    { numRuns: Number(process.env['DISCOMFORT_WIRINGS'] ?? 150), endOnFailure: true },
  )
  // The wirings are of all sorts, else this would show little.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(0)
  const { bridges, servers } = insideOf(outer.pid)
  expect([bridges.length, servers.length]).toEqual([1, 1])
})
