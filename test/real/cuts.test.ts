import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { Discomfort, Image, type PassByChoice, type Run } from 'discomfort'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import type { Prompt, PromptLink } from '../../src/prompt/prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { createRandom, type Random } from '../support/random.ts'
import { drawCut, spreadPorts } from './support/cut-drawing.ts'
import { cutGraphs } from './support/cut-graphs.ts'
import { cutBetween, cutPrompt, shapeOf } from './support/cut-prompt.ts'
import { drawPrompt } from './support/draw-prompt.ts'
import { portsInside } from './support/ports-inside.ts'
import { port } from './support/prompts.ts'

/** A short form; CUTS=100 is the long one, SEED makes another hundred. */
const cuts = Number(process.env['CUTS'] ?? 20)
const seed = Number(process.env['SEED'] ?? 1)
const graphs = Object.entries(cutGraphs).map(([name, graph]): { name: string; whole: Prompt } => {
  return { name, whole: { ...graph, out: port('image', ['image', 0]) } }
})

let discomfort: Discomfort
let definitions: NodeDefinitions
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
  definitions = (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions
})
afterAll(() => discomfort.close())

interface Cut<Source> {
  readonly where: string
  readonly uncut: Source
  readonly parts: readonly Source[]
  /** All that goes over it by reference: the last part alone is executed. */
  readonly passBy: PassByChoice
}

function cutByChance(name: string, whole: Prompt, number: number): { cut: Cut<Prompt>; random: Random } {
  const random = createRandom(seed * 7919 + number * 31 + name.length)
  const parts = cutPrompt(whole, 2 + random.below(4), random)
  const where = `SEED=${seed}, cut ${number} of ${name}: ${JSON.stringify(parts.map((part) => Object.keys(part)))}`
  return { cut: { where, uncut: whole, parts, passBy: byReference(parts) }, random }
}

function drawnByChance(name: string, whole: Prompt, number: number): Cut<Workflow> {
  const { cut, random } = cutByChance(name, whole, number)
  return { ...cut, ...drawCut(whole, cut.parts, definitions, random) }
}

function byReference(parts: readonly Prompt[]): PassByChoice {
  const keys = parts.flatMap((part) =>
    Object.values(part).flatMap(({ class_type, inputs }) =>
      class_type === 'DiscomfortPort' && inputs['unique_id'] !== 'image' ? [String(inputs['unique_id'])] : [],
    ),
  )
  return Object.fromEntries(keys.map((key) => [key, 'ref' as const]))
}

interface Seen {
  readonly pixels: readonly Float32Array[]
  /** What made the picture, as the server was told. */
  readonly shape: unknown
}

async function see(run: Run<Record<string, unknown>>): Promise<Seen> {
  const { image } = await run
  const images = Array.isArray(image) ? (image as unknown[]) : [image]
  const pixels = await Promise.all(
    images.map((one) => {
      if (!(one instanceof Image)) throw new Error(`That is no picture: ${String(one)}`)
      return one.pixels()
    }),
  )
  return { pixels, shape: await shapeSent(run) }
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
    { timeout: 60_000 },
  )
  const saver = Object.values(prompt).find(({ inputs }) => inputs['unique_id'] === 'image')
  return shapeOf(prompt, saver?.inputs['value'] as PromptLink)
}

/** Runs a workflow and its parts in all ways, which must give the same picture made in the same way. */
async function expectSame({ where, uncut, parts, passBy }: Cut<Prompt | Workflow>, wanted: Seen): Promise<void> {
  expect(await see(discomfort.run(uncut)), `uncut, ${where}`).toEqual(wanted)
  const { pixels } = await see(discomfort.run(parts))
  expect(pixels, `one after another, ${where}`).toEqual(wanted.pixels)
  expect(await see(discomfort.run(parts, { stitch: true })), `stitched, ${where}`).toEqual(wanted)
  expect(await see(discomfort.run(parts, { passBy })), `by reference, ${where}`).toEqual(wanted)
}

/** The same, and stitched into one drawing. */
async function expectDrawnSame(cut: Cut<Workflow>, wanted: Seen): Promise<void> {
  await expectSame(cut, wanted)
  const { workflow } = await discomfort.tools.stitchWorkflows(cut.parts)
  expect(await see(discomfort.run(workflow)), `stitched as drawings, ${cut.where}`).toEqual(wanted)
}

describe(`${cuts} cuts by chance, seed ${seed}`, () => {
  const each = Math.ceil(cuts / graphs.length / 2)

  it.each(graphs)(
    'of $name give the same picture in every way',
    async ({ name, whole }) => {
      const wanted = await see(discomfort.run(whole))
      for (let number = 0; number < each; number += 1) await expectSame(cutByChance(name, whole, number).cut, wanted)
    },
    600_000,
  )

  it.each(graphs)(
    'of $name, drawn with subgraphs, give the same picture in every way',
    async ({ name, whole }) => {
      const wanted = await see(discomfort.run(whole))
      for (let number = 0; number < each; number += 1) {
        await expectDrawnSame(drawnByChance(name, whole, number), wanted)
      }
    },
    600_000,
  )

  it('go through subgraphs of all kinds', () => {
    const numbers = Array.from({ length: each }, (_, number) => number)
    const cut = graphs.flatMap(({ name, whole }) => numbers.map((number) => drawnByChance(name, whole, number)))
    const kinds = [...new Set(cut.flatMap(({ parts }) => parts.flatMap(portsInside)))].toSorted()
    expect(kinds).toEqual([
      'INPUT port in a nested subgraph',
      'INPUT port in a subgraph',
      'OUTPUT port in a nested subgraph',
      'OUTPUT port in a subgraph',
    ])
  })
})

it('a subgraph that is used twice may hold a port', async () => {
  const [{ whole }] = graphs as [(typeof graphs)[number]]
  const partOf = new Map(Object.keys(whole).map((id) => [id, ['model', 'lora'].includes(id) ? 0 : 1]))
  const [load, rest] = cutBetween(whole, partOf).map((part) => spreadPorts(part, () => true)) as [Prompt, Prompt]
  const around = (id: string) => /(positive|negative)$/.exec(id)?.slice(1)
  const parts = [drawPrompt(load, definitions, around, 0.4), drawPrompt(rest, definitions, around, 1)]
  expect(parts.flatMap(portsInside)).toEqual(['INPUT port in a subgraph used twice'])
  const uncut = drawPrompt(whole, definitions, around, 0.4)
  const cut = { where: 'of text to image', uncut, parts, passBy: byReference([load, rest]) }
  await expectDrawnSame(cut, await see(discomfort.run(whole)))
})
