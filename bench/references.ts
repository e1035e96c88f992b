/**
 * `npm run bench:references`: two workflows that use one model by reference, and between them one that uses none. How often
 * the server loads the model, whether its memory grows, and what a round costs over posting the same full prompts by hand.
 * With a number of rounds; 100 by default.
 */
import { readFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import type { Prompt, PromptNode } from '../src/prompt/prompt.ts'
import { openHandWritten } from './hand-written-client.ts'
import { startManaged } from './managed.ts'
import { comparePaired, describe, median } from './paired.ts'

const rounds = Number(process.argv[2] ?? 100)
const loader = 'CheckpointLoaderSimple'
// Sampling on all cores of a shared machine varies more than what is measured.
const discomfort = await startManaged({ OMP_NUM_THREADS: '1' })
const context = discomfort.context()
let next = 0

const node = (classType: string, inputs: PromptNode['inputs']): PromptNode => ({
  class_type: classType,
  inputs,
  _meta: { title: classType },
})
const port = (uniqueId: string, more: object = {}) => node('DiscomfortPort', { unique_id: uniqueId, tags: '', ...more })
const checkpoint = node(loader, { ckpt_name: 'tiny_sd3.ckpt' })
/** Text to a picture, of which only the width is told. The links say where model, text encoder and VAE come from. */
const picture = (
  seed: number,
  text: string,
  size: number,
  from: Record<'model' | 'clip' | 'vae', [string, number]>,
) => ({
  10: node('CLIPTextEncode', { clip: from.clip, text }),
  11: node('EmptyLatentImage', { width: size, height: 64, batch_size: 1 }),
  12: node('KSampler', {
    model: from.model,
    positive: ['10', 0],
    negative: ['10', 0],
    latent_image: ['11', 0],
    seed,
    steps: 3,
    cfg: 1,
    sampler_name: 'euler',
    scheduler: 'normal',
    denoise: 1,
  }),
  13: node('VAEDecode', { samples: ['12', 0], vae: from.vae }),
  14: node('GetImageSize', { image: ['13', 0] }),
})
const without = (seed: number): Prompt => ({
  13: node('EmptyImage', { width: 32, height: 32, batch_size: 1, color: seed }),
  14: node('GetImageSize', { image: ['13', 0] }),
})
const texts = [
  ['a pear', 64],
  ['a quince on a table', 128],
] as const

/** A round's three prompts: with the model, without, with it. `make` gives what stands for the model. */
function roundOf(make: (seed: number, text: string, size: number) => Prompt): readonly [Prompt, width: number][] {
  const seed = ++next
  const [first, second] = texts.map(([text, size]): [Prompt, number] => [make(seed, text, size), size])
  return [first as [Prompt, number], [without(seed), 32], second as [Prompt, number]]
}

let loads = 0
const memory: number[] = []

async function ours(): Promise<void> {
  const prompts = roundOf((seed, text, size) => ({
    1: port('model'),
    2: port('clip'),
    3: port('vae'),
    ...picture(seed, text, size, { model: ['1', 0], clip: ['2', 0], vae: ['3', 0] }),
  }))
  for (const [prompt, width] of prompts) {
    const outputs = await discomfort.run(
      { ...prompt, 15: port('width', { value: ['14', 0] }) },
      {
        context,
        outputs: { width: 'INT' },
        onEvent: (event) => {
          if (event.type === 'nodeStarted' && event.classType === loader) loads += 1
        },
      },
    )
    if (outputs.width !== width) throw new Error(`expected ${width}, got ${outputs.width}`)
  }
}

/** The same prompts in full, posted by a client written by hand. */
async function handWritten(): Promise<() => Promise<void>> {
  const post = await openHandWritten(discomfort.connector.serverAddress)
  return async () => {
    const prompts = roundOf((seed, text, size) => ({
      1: checkpoint,
      ...picture(seed, text, size, { model: ['1', 0], clip: ['1', 1], vae: ['1', 2] }),
    }))
    for (const [prompt, width] of prompts) {
      const { value, executed } = await post((promptId) => ({
        ...prompt,
        15: node('DiscomfortContextSaver', { value: ['14', 0], unique_id: 'width', type: 'INT', run: promptId }),
      }))
      loads += executed.filter((id) => prompt[id]?.class_type === loader).length
      if (value !== width) throw new Error(`expected ${width}, got ${value}`)
    }
  }
}

/** The server's resident memory in MB. */
async function resident(): Promise<number> {
  const status = await readFile(`/proc/${discomfort.connector.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

/** Adds up what a way costs the server in CPU time, which other programs on the machine disturb less than the clock. */
function onServer(way: () => Promise<void>) {
  const spent: number[] = []
  const run = async (): Promise<void> => {
    const before = await serverCpu()
    await way()
    spent.push((await serverCpu()) - before)
  }
  return { run, spent }
}

/** The CPU time of the server so far in ms: fields 14 and 15 of its stat, in hundredths of a second. */
async function serverCpu(): Promise<number> {
  const stat = await readFile(`/proc/${discomfort.connector.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

try {
  await discomfort.run(
    {
      1: checkpoint,
      2: port('model', { value: ['1', 0] }),
      3: port('clip', { value: ['1', 1] }),
      4: port('vae', { value: ['1', 2] }),
    },
    { context },
  )
  for (let round = 0; round < rounds; round += 1) {
    await ours()
    memory.push(await resident())
  }
  console.log(`${rounds} rounds: ${loads} model load(s)`)
  const settled = memory.slice(Math.min(20, rounds - 1))
  const growth = median(settled.slice(-10)) - median(settled.slice(0, 10))
  console.log(
    `resident memory: ${memory[0]?.toFixed(0)} MB after round 1, ${settled[0]?.toFixed(0)} after 20, ${settled.at(-1)?.toFixed(0)} at the end; growth after 20: ${growth.toFixed(1)} MB`,
  )
  const [one, two] = [await handWritten(), await handWritten()]
  for (const way of [one, two]) await way()
  const [byReference, byHand] = [onServer(ours), onServer(one)]
  const measured = await comparePaired(byReference.run, byHand.run, rounds)
  const control = await comparePaired(one, two, rounds)
  console.log(`a round by reference against full prompts by hand: ${describe(measured)}`)
  console.log(
    `the server's CPU a round: ${median(byReference.spent).toFixed(0)} ms by reference, ${median(byHand.spent).toFixed(0)} ms by hand`,
  )
  console.log(`control, by hand against itself: ${describe(control)}`)
  console.log(`model loads in all: ${loads}; cache: ${JSON.stringify(await discomfort.connector.getModelCache())}`)
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`)
  const isVoid = control.ratio < 0.97 || control.ratio > 1.03
  if (isVoid) console.log('void: the control left 0.97 to 1.03, the machine was too noisy')
  process.exitCode = isVoid || loads !== 1 || growth > 5 || measured.ratio > 1.15 ? 1 : 0
} finally {
  await discomfort.close()
  process.exit()
}
