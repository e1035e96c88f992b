import { setTimeout as sleep } from 'node:timers/promises'
import { integer, sample } from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, isDiscomfortError, type Run } from 'discomfort'
import { sampling } from './support/sampling.ts'

/** A short form; RUNS=300 CRASHES=30 is the long one. */
const runs = Number(process.env['RUNS'] ?? 8)
const crashes = Number(process.env['CRASHES'] ?? 1)
/** How long after the kill a run may take to say what happened, in milliseconds. */
const patience = 5000

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ ...inject('launch'), exclusive: true })
})
afterAll(() => discomfort.close())

/** In which of the runs the server is killed, and how long after the start of its sampler, in milliseconds. */
function moments(): ReadonlyMap<number, number> {
  const every = Math.floor(runs / crashes)
  const waits = sample(integer({ min: 0, max: 600 }), crashes)
  return new Map(waits.map((wait, crash) => [crash * every + 1, wait]))
}

/** Gives the moment of the kill. */
async function killInside(run: Run<unknown>, wait: number): Promise<number> {
  for await (const event of run) if (event.type === 'nodeStarted' && event.classType === 'KSampler') break
  await sleep(wait)
  process.kill(discomfort.connector.pid as number, 'SIGKILL')
  return performance.now()
}

describe(`${runs} runs on a server that is killed ${crashes} times inside them`, () => {
  it(
    'end in a result or a typed error, none hangs, and the values of the context stay',
    async () => {
      await using context = discomfort.context()
      const kills = moments()
      let confirmed: number | undefined
      const ends = { results: 0, errors: 0 }
      for (let seed = 0; seed < runs; seed += 1) {
        const run = discomfort.run(sampling(20), { context, inputs: { seed } })
        const wait = kills.get(seed)
        const killed = wait === undefined ? Infinity : killInside(run, wait)
        try {
          await run
          confirmed = seed
          ends.results += 1
        } catch (error) {
          expect(isDiscomfortError(error) && error.code).toMatch(/^SERVER_(CRASHED|UNREACHABLE)$/)
          expect(performance.now() - (await killed)).toBeLessThan(patience)
          ends.errors += 1
        }
        await killed
        if (confirmed === undefined) continue
        const latent = await context.load('latent', 'LATENT')
        expect((await latent.samples.data()).length).toBeGreaterThan(0)
      }
      expect(ends.results).toBeGreaterThanOrEqual(runs - crashes)
      expect(ends.errors).toBeGreaterThan(0)
    },
    runs * 5000 + crashes * 60_000,
  )

  it(
    'with retries all end in results',
    async () => {
      const kills = moments()
      let repeated = 0
      for (let seed = 0; seed < runs; seed += 1) {
        const run = discomfort.run(sampling(20), { inputs: { seed }, retries: 3 })
        const wait = kills.get(seed)
        const killed = wait === undefined ? undefined : killInside(run, wait)
        await run
        repeated += run.report.retries.length
        await killed
      }
      expect(repeated).toBeGreaterThan(0)
    },
    runs * 5000 + crashes * 60_000,
  )
})
