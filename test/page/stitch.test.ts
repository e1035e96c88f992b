import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject } from 'vitest'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import { discoverPorts } from '../../src/stitch/discover-ports.ts'
import { pruneToOutput } from '../../src/stitch/prune-to-output.ts'
import { stitchWorkflows } from '../../src/stitch/stitch-workflows.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { drawCut } from '../real/support/cut-drawing.ts'
import { cutGraphs } from '../real/support/cut-graphs.ts'
import { cutPrompt } from '../real/support/cut-prompt.ts'
import { port as givenPort } from '../real/support/prompts.ts'
import { createRandom } from '../support/random.ts'
import type { ComfyPage } from './support/comfy-page.ts'
import { draw } from './support/draw.ts'
import { complaints, overlaps } from './support/inspect.ts'
import type { PageWindow } from './support/page-window.ts'
import { it } from './support/with-page.ts'

const screenshots = fileURLToPath(new URL('screenshots-out', import.meta.url))
const example = async (file: string) =>
  JSON.parse(await readFile(new URL(`../../examples/${file}`, import.meta.url), 'utf8')) as Workflow
/** The workflows of the examples, in the order in which their scripts run them. */
const sequences: Readonly<Record<string, readonly string[]>> = {
  'partial-workflows': ['parts/load.json', 'parts/encode.json', 'parts/sample.json', 'parts/decode.json'],
  'if-else': ['choose/brightness.json', 'choose/lighten.json', 'choose/brightness.json', 'choose/darken.json'],
  'state-machine': ['refine/make.json', 'refine/assess.json', 'refine/improve.json', 'choose/lighten.json'],
  'lora-and-controlnet': [
    'parts/load.json',
    'references/lora.json',
    'parts/encode.json',
    'references/control.json',
    'parts/sample.json',
    'parts/decode.json',
  ],
}

const definitions = async () => (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions

/** Opens a workflow in the page, which must know all of it and make the same prompt of it. */
async function expectSame(comfy: ComfyPage, workflow: Workflow, picture: string): Promise<void> {
  const nodeDefinitions = await definitions()
  const errorsBefore = comfy.errors.length
  await comfy.open(workflow)
  expect(await complaints(comfy)).toEqual([])
  expect(comfy.errors.slice(errorsBefore)).toEqual([])
  expect(workflowToPrompt(workflow, nodeDefinitions).prompt).toEqual(await comfy.prompt())
  await mkdir(screenshots, { recursive: true })
  await comfy.page.screenshot({ path: join(screenshots, `${picture}.png`) })
  // What the page saves again is still the same to us.
  const saved = await comfy.saved()
  expect(discoverPorts(saved, nodeDefinitions)).toEqual(discoverPorts(workflow, nodeDefinitions))
}

const port = (uniqueId: string) => ['DiscomfortPort', { unique_id: uniqueId }] as const

/** Text to image in four parts, each drawn in the page. */
async function drawParts(comfy: ComfyPage): Promise<Workflow[]> {
  await draw(
    comfy,
    { loader: ['CheckpointLoaderSimple'], model: port('model'), clip: port('clip'), vae: port('vae') },
    [
      ['loader.MODEL', 'model.value'],
      ['loader.CLIP', 'clip.value'],
      ['loader.VAE', 'vae.value'],
    ],
  )
  const load = await comfy.saved()
  await draw(
    comfy,
    {
      clip: port('clip'),
      good: ['CLIPTextEncode', { text: 'a red apple' }],
      bad: ['CLIPTextEncode', { text: 'blurry' }],
      positive: port('positive'),
      negative: port('negative'),
    },
    [
      ['clip.value', 'good.clip'],
      ['clip.value', 'bad.clip'],
      ['good.CONDITIONING', 'positive.value'],
      ['bad.CONDITIONING', 'negative.value'],
    ],
  )
  const encode = await comfy.saved()
  await draw(
    comfy,
    {
      model: port('model'),
      positive: port('positive'),
      negative: port('negative'),
      size: ['EmptyLatentImage', { width: 64, height: 64 }],
      sampler: ['KSampler', { steps: 2 }],
      samples: port('samples'),
    },
    [
      ['model.value', 'sampler.model'],
      ['positive.value', 'sampler.positive'],
      ['negative.value', 'sampler.negative'],
      ['size.LATENT', 'sampler.latent_image'],
      ['sampler.LATENT', 'samples.value'],
    ],
  )
  const sample = await comfy.saved()
  await draw(
    comfy,
    { samples: port('samples'), vae: port('vae'), decode: ['VAEDecode'], image: port('image'), save: ['SaveImage'] },
    [
      ['samples.value', 'decode.samples'],
      ['vae.value', 'decode.vae'],
      ['decode.IMAGE', 'image.value'],
      ['decode.IMAGE', 'save.images'],
    ],
  )
  return [load, encode, sample, await comfy.saved()]
}

/** Packs all of a workflow into a subgraph, as a user does. */
async function pack(comfy: ComfyPage, workflow: Workflow): Promise<Workflow> {
  await comfy.open(workflow)
  await comfy.page.evaluate(() => {
    const { rootGraph } = (globalThis as unknown as PageWindow).app
    rootGraph.convertToSubgraph(new Set(rootGraph.nodes))
  })
  return comfy.saved()
}

describe('a stitched workflow opens in the page and becomes the same prompt there', () => {
  it('of the refinement example', async ({ comfy }) => {
    const parts = [
      await example('refine/make.json'),
      await example('refine/improve.json'),
      await example('refine/assess.json'),
    ]
    const names = ['make', 'improve', 'assess']
    await expectSame(comfy, stitchWorkflows(parts, { names }).workflow, 'stitched-refine')
    expect(await overlaps(comfy)).toEqual([])
    const clean = stitchWorkflows(parts, { names, deleteInputPorts: 'joined', deleteOutputPorts: 'joined' })
    await expectSame(comfy, clean.workflow, 'stitched-refine-joined')
  })

  it.for(Object.entries(sequences))('of the example %s', async ([name, files], { comfy }) => {
    const parts = await Promise.all(files.map(example))
    const { workflow } = stitchWorkflows(parts, { names: files })
    await expectSame(comfy, workflow, `stitched-${name}`)
    expect(await overlaps(comfy)).toEqual([])
  })

  it('of text to image in four parts, and pruned to one of their outputs', async ({ comfy }) => {
    const parts = await drawParts(comfy)
    const names = ['load', 'encode', 'sample', 'decode']
    const whole = stitchWorkflows(parts, { names })
    expect(whole.inputs).toEqual([])
    await expectSame(comfy, whole.workflow, 'stitched-parts')
    await expectSame(comfy, stitchWorkflows(parts, { names, deleteInputPorts: 'joined' }).workflow, 'stitched-joined')
    const pruned = pruneToOutput(whole.workflow, 'positive')
    expect(discoverPorts(pruned).outputs.map(({ uniqueId }) => uniqueId)).toEqual(['positive'])
    await expectSame(comfy, pruned, 'pruned')
  })

  it.for(Object.entries(cutGraphs))(
    'of %s, drawn with subgraphs and cut by chance',
    async ([name, graph], { comfy }) => {
      const nodeDefinitions = await definitions()
      const whole = { ...graph, out: givenPort('image', ['image', 0]) }
      const random = createRandom(1)
      const { parts } = drawCut(whole, cutPrompt(whole, 4, random), nodeDefinitions, random)
      await expectSame(comfy, stitchWorkflows(parts, { nodeDefinitions }).workflow, `stitched-${name}`)
    },
  )

  it('of parts whose ports lie inside subgraphs', async ({ comfy }) => {
    const [load, encode, sample, decode] = (await drawParts(comfy)) as [Workflow, Workflow, Workflow, Workflow]
    const parts = [await pack(comfy, load), encode, await pack(comfy, sample), await pack(comfy, decode)]
    const whole = stitchWorkflows(parts)
    expect(whole.inputs).toEqual([])
    await expectSame(comfy, whole.workflow, 'stitched-subgraphs')
    await expectSame(comfy, pruneToOutput(whole.workflow, 'samples'), 'pruned-subgraphs')
  })
})
