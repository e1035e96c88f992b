import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { Discomfort } from 'discomfort'
import { temporaryFolder } from '../../support/folders.ts'
import type { CancelSome, EndedRun } from '../children/cancel-some.ts'
import { sampling } from './support/sampling.ts'
import { tell } from '../../support/tell.ts'

/** A short form; CONCURRENT=200 CANCELS=60 STEPS=42 is the long one. */
const concurrent = Number(process.env['CONCURRENT'] ?? 24)
const cancels = Number(process.env['CANCELS'] ?? 8)
const steps = Number(process.env['STEPS'] ?? 8)
const scripts = 4

const script = fileURLToPath(new URL('../children/cancel-some.ts', import.meta.url))
const run = promisify(execFile)

describe('cancelling', () => {
  it(
    `${cancels} of ${concurrent} runs of ${scripts} scripts at once ends these, and touches none of the others`,
    async () => {
      await using folder = await temporaryFolder('cancel')
      const file = join(folder.path, 'counted')
      const outputs = await Promise.all(
        Array.from({ length: scripts }, (_, index) => {
          const told: CancelSome = {
            server: inject('server'),
            name: `script ${index}`,
            runs: concurrent / scripts,
            cancels: cancels / scripts,
            steps,
            file,
          }
          return run(process.execPath, ['--import', 'tsx', script, JSON.stringify(told)])
        }),
      )
      const ended = outputs.flatMap(({ stdout }) =>
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as EndedRun),
      )
      expect(ended).toHaveLength(concurrent)
      const chosen = ended.filter(({ cancelled }) => cancelled !== undefined)
      expect(chosen).toHaveLength(cancels)
      for (const { cancelled, wasOver, code, warnings } of chosen) {
        expect(code).toBe(cancelled ? 'ABORTED' : undefined)
        const isTold = warnings.some((text) => text.includes('before it could be cancelled'))
        expect(isTold).toBe(!cancelled && !wasOver)
      }
      expect(ended.filter(({ cancelled, code }) => cancelled === undefined && code !== undefined)).toEqual([])
      // What has a result was executed once, and what was cancelled not to its end.
      const counted = (await readFile(file, 'utf8')).trim().split('\n')
      const done = ended.filter(({ code }) => code === undefined).map(({ line }) => line)
      expect(counted.toSorted()).toEqual(done.toSorted())
      const count = (is: (run: EndedRun) => unknown) => chosen.filter(is).length
      tell(
        `${count(({ cancelled }) => cancelled)} cancelled, ${count(({ cancelled, wasOver }) => !cancelled && !wasOver)} done first, ${count(({ wasOver }) => wasOver)} over before, of ${cancels}`,
      )
    },
    concurrent * steps * 200 + 120_000,
  )

  it('a sampler of a thousand steps is told half a second after the next step at the latest', async () => {
    await using discomfort = await Discomfort.create({ server: inject('server') })
    const sampler = discomfort.run(sampling(1000), { inputs: { seed: 1 } })
    const stepsAt: number[] = []
    const reading = (async () => {
      for await (const event of sampler) if (event.type === 'progress') stepsAt.push(performance.now())
    })().catch(() => undefined)
    for await (const event of sampler) if (event.type === 'progress' && event.value > 20) break
    const asked = performance.now()
    expect(await sampler.cancel()).toBe(true)
    const took = performance.now() - asked
    await reading
    const pauses = stepsAt.slice(1).map((at, index) => at - (stepsAt[index] as number))
    const longest = Math.max(...pauses)
    expect(took).toBeLessThan(longest + 500)
    await expect(sampler).rejects.toMatchObject({ code: 'ABORTED' })
    tell(`${took.toFixed(0)} ms, the longest step took ${longest.toFixed(0)} ms`)
  })
})
