import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort } from 'discomfort'
import { temporaryFolder, type TemporaryFolder } from '../../support/folders.ts'
import { createRandom } from '../../support/random.ts'
import { node, port } from '../support/prompts.ts'
import { lossyProxy } from './support/lossy-proxy.ts'
import { sampling } from './support/sampling.ts'
import { tell } from '../../support/tell.ts'

/** A short form; SAMPLERS=200 SHORT=1000 is the long one. */
const samplers = Number(process.env['SAMPLERS'] ?? 6)
const short = Number(process.env['SHORT'] ?? 60)
const cutEvery = 200

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder('network')
})
afterAll(() => folder[Symbol.asyncDispose]())

/** How often each line stands in a file. */
async function executions(file: string): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>()
  for (const line of (await readFile(file, 'utf8')).trim().split('\n')) counted.set(line, (counted.get(line) ?? 0) + 1)
  return counted
}

function onceEach(runs: number): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: runs }, (_, index) => [`run ${index}`, 1]))
}

const byName = (counted: ReadonlyMap<string, number>) =>
  [...counted].toSorted(([one], [other]) => (one < other ? -1 : 1))

describe('a network', () => {
  it(
    `that cuts the socket every ${cutEvery} ms loses none of ${samplers} sampler runs and repeats none`,
    async () => {
      const file = join(folder.path, 'samplers')
      await using proxy = await lossyProxy(inject('server'))
      const cutting = setInterval(() => proxy.cutSockets(), cutEvery)
      await using discomfort = await Discomfort.create({ server: proxy.url })
      let took = 0
      for (let index = 0; index < samplers; index += 1) {
        const counted = { file, line: `run ${index}` }
        const run = discomfort.run(sampling(60, counted), { inputs: { seed: index }, outputs: { latent: 'LATENT' } })
        expect((await run).latent.samples.shape).toEqual([1, 16, 8, 8])
        took += run.report.workflows[0]?.milliseconds ?? 0
      }
      clearInterval(cutting)
      expect(byName(await executions(file))).toEqual(byName(onceEach(samplers)))
      expect(proxy.counts.cuts).toBeGreaterThan(samplers)
      tell(`${samplers} runs of ${(took / samplers / 1000).toFixed(2)} s, ${proxy.counts.cuts} cuts`)
    },
    samplers * 10_000 + 30_000,
  )

  it(
    `that delays, drops and doubles answers and requests loses none of ${short} short runs and repeats none`,
    async () => {
      const file = join(folder.path, 'short')
      const numbers = createRandom(Number(process.env['SEED'] ?? 1))
      const random = () => numbers.below(1_000_000) / 1_000_000
      const losses = { dropAnswer: 0.1, sendTwice: 0.1, answerTwice: 0.1, late: 30, random }
      await using proxy = await lossyProxy(inject('server'), losses)
      await using discomfort = await Discomfort.create({ server: proxy.url })
      await discomfort.map(
        {
          1: port('line'),
          2: node('TestCount', { value: ['1', 0], file, line: ['1', 0] }),
          3: port('out', ['2', 0]),
        },
        Array.from({ length: short }, (_, index) => ({ line: `run ${index}` })),
        {
          concurrency: 4,
          onResult(result) {
            if (result.status === 'rejected') throw result.error
            expect(result.outputs['out']).toBe(result.item.line)
          },
        },
      )
      expect(byName(await executions(file))).toEqual(byName(onceEach(short)))
      for (const count of [proxy.counts.drops, proxy.counts.sentTwice, proxy.counts.answeredTwice])
        expect(count).toBeGreaterThan(0)
      tell(JSON.stringify(proxy.counts))
    },
    short * 3000 + 30_000,
  )
})
