/**
 * `npm run bench:events`: what events cost. A sampler of 20 steps with a listener and without, in turn, and without one
 * against itself as the control: Node's CPU time a run. Then what of it goes into making and keeping the events, by
 * handing the messages of one run over again and again. Then the memory of a run with 100,000 events, of which a reader
 * takes one now and then.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Discomfort } from 'discomfort'
import { fakeComfyUI, type FakeJob } from 'discomfort/testing'
import { createEventStream } from '../src/events/event-stream.ts'
import { createTranslator } from '../src/run/translate-messages.ts'
import type { ServerMessage } from '../src/server/jobs/socket.ts'
import { startManaged } from './managed.ts'
import { comparePaired, median } from './paired.ts'

const rounds = Number(process.argv[2] ?? 100)
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const percent = (share: number) => `${(share * 100).toFixed(1)} %`

function sampler(seed: number) {
  return {
    1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'tiny_sd3.ckpt' } },
    2: { class_type: 'CLIPTextEncode', inputs: { text: 'a red apple', clip: ['1', 1] } },
    3: { class_type: 'EmptySD3LatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    4: {
      class_type: 'KSampler',
      inputs: {
        seed,
        steps: 20,
        cfg: 4.5,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['1', 0],
        positive: ['2', 0],
        negative: ['2', 0],
        latent_image: ['3', 0],
      },
    },
    5: { class_type: 'DiscomfortPort', inputs: { unique_id: 'latent', tags: '', value: ['4', 0] } },
  }
}

async function cpuOfListening(discomfort: Discomfort): Promise<number> {
  let seed = 0
  let heard = 0
  const run = async (onEvent?: () => void) =>
    void (await discomfort.run(sampler((seed += 1)), { previews: false, onEvent }))
  const heardOf = () => run(() => void (heard += 1))
  for (let warm = 0; warm < 10; warm += 1) for (const way of [heardOf, run]) await way()
  heard = 0
  const listening = await comparePaired(heardOf, () => run(), rounds)
  const events = heard / rounds
  const control = await comparePaired(
    () => run(),
    () => run(),
    rounds,
  )
  const [one, other] = listening.cpu
  const isVoid = Math.abs(control.cpu[0] / control.cpu[1] - 1) > 0.05
  console.log(
    `CPU a run with a listener ${one.toFixed(2)} ms (${events.toFixed(0)} events), without ${other.toFixed(2)} ms: ${percent(one / other - 1)} more; control ${percent(control.cpu[0] / control.cpu[1] - 1)}${isVoid ? ', void' : ''}`,
  )
  return one
}

async function cpuOfEvents(discomfort: Discomfort, whole: number): Promise<void> {
  const messages: ServerMessage[] = []
  const prompt = sampler(0)
  const { connector } = discomfort
  const { 5: _port, ...plain } = prompt
  const shown = { ...plain, 6: { class_type: 'PreviewAny', inputs: { source: ['4', 0] } } }
  await connector.runJob({
    promptId: crypto.randomUUID(),
    prompt: shown,
    onMessage: (message) => void messages.push(message),
  })
  const handOver = (): number => {
    const before = process.cpuUsage()
    for (let run = 0; run < 1000; run += 1) {
      const events = createEventStream('run', () => undefined)
      const translator = createTranslator(shown, { events, workflowIndex: 0, promptId: 'p', workflow: 'w' })
      for (const message of messages) translator.message(message)
      translator.finished(1)
    }
    const used = process.cpuUsage(before)
    return (used.user + used.system) / 1000 / 1000
  }
  handOver()
  const cost = median(Array.from({ length: 9 }, handOver))
  console.log(
    `making and keeping the events of its ${messages.length} messages: ${(cost * 1000).toFixed(0)} µs, ${percent(cost / whole)} of that`,
  )
}

async function memoryOfManyEvents(): Promise<void> {
  const most = 100_000
  const heaps: number[] = []
  const script = async (job: FakeJob) => {
    for (let step = 1; step <= most / 2; step += 1) {
      job.tell('executing', { node: step % 2 ? '1' : '2' })
      job.tell('progress', { node: step % 2 ? '1' : '2', value: step, max: most })
      if (step % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      if (step % (most / 20) !== 0) continue
      collect()
      heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
    }
    job.succeed()
  }
  await using server = await fakeComfyUI({ script })
  await using discomfort = await Discomfort.create({ server: server.url })
  let heard = 0
  const run = discomfort.run(
    { 1: { class_type: 'A', inputs: {} }, 2: { class_type: 'B', inputs: {} } },
    { onEvent: () => void (heard += 1) },
  )
  await run
  const half = heaps.slice(heaps.length / 2)
  console.log(
    `${heard} events in one run: the heap grows by ${((half.at(-1) ?? 0) - (half[0] ?? 0)).toFixed(2)} MB over the second half (${(half.at(-1) ?? 0).toFixed(1)} MB)`,
  )
}

const discomfort = await startManaged()
try {
  const whole = await cpuOfListening(discomfort)
  await cpuOfEvents(discomfort, whole)
} finally {
  await discomfort.close()
}
await memoryOfManyEvents()
process.exit()
