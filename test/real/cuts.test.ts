import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { Discomfort, Image, type PassByChoice, type Run } from 'discomfort'
import type { Prompt, PromptLink } from '../../src/prompt/prompt.ts'
import { createRandom } from '../support/random.ts'
import { cutGraphs } from './support/cut-graphs.ts'
import { cutPrompt, shapeOf } from './support/cut-prompt.ts'
import { port } from './support/prompts.ts'

/** A short form; CUTS=100 is the long one, SEED makes another hundred. */
const cuts = Number(process.env['CUTS'] ?? 15)
const seed = Number(process.env['SEED'] ?? 1)

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

interface Seen {
  readonly pixels: readonly Float32Array[]
  /** What made the picture, as the server was told. */
  readonly shape: unknown
}

async function see(run: Run<Record<string, unknown>>, withShape: boolean): Promise<Seen> {
  const { image } = await run
  const images = Array.isArray(image) ? (image as unknown[]) : [image]
  const pixels = await Promise.all(
    images.map((one) => {
      if (!(one instanceof Image)) throw new Error(`That is no picture: ${String(one)}`)
      return one.pixels()
    }),
  )
  return { pixels, shape: withShape ? await shapeSent(run) : undefined }
}

type History = Record<string, { prompt: [number, string, Prompt] }>

async function shapeSent(run: Run<unknown>): Promise<unknown> {
  const id = run.report.workflows.at(-1)?.promptId ?? ''
  // History is written a moment after the run has ended.
  const prompt = await vi.waitFor(
    async () => {
      const history = (await (await fetch(`${inject('server')}/history/${id}`)).json()) as History
      return (history[id] as History[string]).prompt[2]
    },
    { timeout: 20_000 },
  )
  const saver = Object.values(prompt).find(({ inputs }) => inputs['unique_id'] === 'image')
  return shapeOf(prompt, saver?.inputs['value'] as PromptLink)
}

/** All that goes over a cut by reference: the last part alone is executed. */
function byReference(parts: readonly Prompt[]): PassByChoice {
  const keys = parts.flatMap((part) =>
    Object.values(part).flatMap(({ class_type, inputs }) =>
      class_type === 'DiscomfortPort' && inputs['unique_id'] !== 'image' ? [String(inputs['unique_id'])] : [],
    ),
  )
  return Object.fromEntries(keys.map((key) => [key, 'ref' as const]))
}

describe(`${cuts} cuts by chance, seed ${seed}`, () => {
  it.each(Object.entries(cutGraphs))(
    'of %s give the same picture in every way',
    async (name, graph) => {
      const whole: Prompt = { ...graph, out: port('image', ['image', 0]) }
      const uncut = await see(discomfort.run(whole), true)
      const each = Math.ceil(cuts / Object.keys(cutGraphs).length)
      for (let number = 0; number < each; number += 1) {
        const random = createRandom(seed * 7919 + number * 31 + name.length)
        const parts = cutPrompt(whole, 2 + random.below(4), random)
        const where = `SEED=${seed}, cut ${number} of ${name}: ${JSON.stringify(parts.map((part) => Object.keys(part)))}`
        const separate = await see(discomfort.run(parts), false)
        expect(separate.pixels, `one after another, ${where}`).toEqual(uncut.pixels)
        const stitched = await see(discomfort.run(parts, { stitch: true }), true)
        expect(stitched, `stitched, ${where}`).toEqual(uncut)
        const referred = await see(discomfort.run(parts, { passBy: byReference(parts) }), true)
        expect(referred, `by reference, ${where}`).toEqual(uncut)
      }
    },
    600_000,
  )
})
