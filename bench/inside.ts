/**
 * `npm run bench:inside`: what it costs to run workflows from nodes inside a ComfyUI. A loop of 50 rounds in one node
 * against the same loop from a script on a server of the same kind; and what a picture of 12.6 MB that goes into "Run
 * workflow" and out again takes beyond the run inside. With the number of pairs; 20 by default.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHandWritten } from './hand-written-client.ts'
import { startManaged } from './managed.ts'
import { comparePaired, describe, median } from './paired.ts'
import type { Discomfort } from '../src/index.ts'
import type { Prompt, PromptNode } from '../src/prompt/prompt.ts'

const pairs = Number(process.argv[2] ?? 20)
const rounds = 50
const outer = await startManaged({ OMP_NUM_THREADS: '1' })
// Another configuration, so that it is a server of its own.
const scripted = await startManaged({ OMP_NUM_THREADS: '1', DISCOMFORT_BENCH: 'script' })
const post = await openHandWritten(outer.connector.serverAddress, { bare: true })
const folder = await mkdtemp(join(tmpdir(), 'discomfort-bench-'))
const invert = join(folder, 'invert.json')
let next = 0

const node = (class_type: string, inputs: PromptNode['inputs']) => ({ class_type, inputs })
const port = (uniqueId: string, more: object = {}) => node('DiscomfortPort', { unique_id: uniqueId, tags: '', ...more })
const ports = JSON.stringify({ inputs: [['image', 'IMAGE']], outputs: [['image', 'IMAGE']] })
await writeFile(
  invert,
  JSON.stringify({
    1: port('image'),
    2: node('ImageInvert', { image: ['1', 0] }),
    3: port('image', { value: ['2', 0] }),
  }),
)

/** A picture that nobody has seen yet. */
const fresh = (width: number) => {
  next += 1
  return node('EmptyImage', { width, height: width, batch_size: 1, color: next })
}
const sized = (from: string) => ({
  8: node('GetImageSize', { image: [from, 0] }),
  9: node('PreviewAny', { source: ['8', 0] }),
})

async function loopInNode(): Promise<void> {
  const loop = { workflow_path: invert, iterations: rounds, feedback: '', until: '', index: '', results: 'last' }
  await post(() => ({
    1: fresh(64),
    2: node('DiscomfortLoop', { ...loop, models: 'keep', ports, input_0: ['1', 0] }),
    ...sized('2'),
  }))
}

const loopOf = (discomfort: Discomfort) => async () => {
  await using context = discomfort.context()
  await discomfort.run({ 1: fresh(64), 2: port('image', { value: ['1', 0] }) }, { context })
  for (let round = 0; round < rounds; round += 1) await discomfort.run(invert, { context })
  const image = await context.load('image', 'IMAGE')
  await image.tensor.data()
}

/** Milliseconds of one picture through "Run workflow", of the same prompt without it, and of the run inside alone. */
async function picture(): Promise<{ through: number; without: number; inside: number }> {
  const through = await timed(() =>
    post(() => ({
      1: fresh(1024),
      2: node('DiscomfortTestRunner', { workflow_path: invert, models: 'keep', ports, input_0: ['1', 0] }),
      ...sized('2'),
    })),
  )
  const without = await timed(() => post((): Prompt => ({ 1: fresh(1024), ...sized('1') })))
  await using context = scripted.context()
  await scripted.run({ 1: fresh(1024), 2: port('image', { value: ['1', 0] }) }, { context })
  const inside = await timed(() => scripted.run(invert, { context }))
  return { through, without, inside }
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

try {
  const [script, again] = [loopOf(scripted), loopOf(scripted)]
  for (let warm = 0; warm < 3; warm += 1) for (const way of [loopInNode, script]) await way()
  const loop = await comparePaired(loopInNode, script, pairs)
  console.log(`a loop of ${rounds} in a node against a script: ${describe(loop)}`)
  const control = await comparePaired(script, again, pairs)
  console.log(`  control, the script against itself: ${describe(control)}`)
  const isVoid = control.ratio < 0.97 || control.ratio > 1.03
  if (isVoid) console.log('  void: the control left 0.97 to 1.03, the machine was too noisy')
  for (let warm = 0; warm < 3; warm += 1) await picture()
  const pictures: Awaited<ReturnType<typeof picture>>[] = []
  for (let round = 0; round < pairs * 2; round += 1) pictures.push(await picture())
  const beyond = median(pictures.map(({ through, without, inside }) => through - without - inside))
  const of = (name: 'through' | 'without' | 'inside') => median(pictures.map((each) => each[name])).toFixed(1)
  console.log(
    `12.6 MB into "Run workflow" and out again: ${beyond.toFixed(1)} ms beyond the run inside (prompt with it ${of('through')} ms, without it ${of('without')} ms, the run inside ${of('inside')} ms)`,
  )
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`)
  process.exitCode = isVoid || loop.ratio > 1.2 || beyond > 60 ? 1 : 0
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await Promise.all([outer.close(), scripted.close()])
  await rm(folder, { recursive: true, force: true })
  process.exit()
}
