/**
 * `npm run bench:values`: what it costs to bring a picture in through a port and out again, run included, over a client
 * written by hand with two bare nodes that load and save safetensors in shared memory; what a run costs that only reads a
 * large picture which an earlier run made; and what the place in memory is worth over the disk. With the number of pairs of
 * small pictures; 100 by default, and a tenth as many of large ones.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { Image, Tensor } from 'discomfort'
import { openHandWritten } from './hand-written-client.ts'
import { startManaged } from './managed.ts'
import { comparePaired, describe, median, type Comparison } from './paired.ts'

const pairs = Number(process.argv[2] ?? 100)
const discomfort = await startManaged({ OMP_NUM_THREADS: '1' })
const base = discomfort.connector.serverAddress
const folder = `/dev/shm/discomfort-bench-${process.pid}`
let next = 0

const port = (uniqueId: string, more: object = {}) => ({
  class_type: 'DiscomfortPort',
  inputs: { unique_id: uniqueId, tags: '', ...more },
})
const through = { 1: port('in'), 2: port('out', { value: ['1', 0] }) }

/** A picture that nobody has seen yet: one number in it is new. */
function fresh(data: Float32Array): number {
  next += 1
  data[0] = (next % 1024) / 1024
  return data[0]
}

function check(found: Float32Array, data: Float32Array, sent: number): void {
  if (found.length !== data.length || found[0] !== sent) throw new Error(`sent ${sent}, got ${found[0]}`)
}

function ours(data: Float32Array<ArrayBuffer>, shape: readonly number[], useRam: boolean): () => Promise<void> {
  const context = discomfort.context({ maxRamGb: 8 })
  return async () => {
    const sent = fresh(data)
    const image = Image.from(Tensor.from(data, shape))
    const { out } = await discomfort.run(through, { context, inputs: { in: image }, outputs: { out: 'IMAGE' }, useRam })
    check((await out.tensor.data()) as Float32Array, data, sent)
  }
}

async function byHand(
  data: Float32Array<ArrayBuffer>,
  shape: readonly number[],
  name: string,
): Promise<() => Promise<void>> {
  const post = await openHandWritten(base, { bare: true })
  const [to, from] = [`${folder}-${name}-in.safetensors`, `${folder}-${name}-out.safetensors`]
  const header = JSON.stringify({ image: { dtype: 'F32', shape, data_offsets: [0, data.byteLength] } })
  const text = header.padEnd(Math.ceil((8 + header.length) / 64) * 64 - 8)
  const head = Buffer.alloc(8 + text.length)
  head.writeBigUInt64LE(BigInt(text.length))
  head.write(text, 8)
  return async () => {
    const sent = fresh(data)
    await writeFile(
      to,
      (function* () {
        yield head
        yield new Uint8Array(data.buffer)
      })(),
    )
    await post(() => ({
      1: { class_type: 'BenchLoad', inputs: { path: to, number: next } },
      2: { class_type: 'BenchSave', inputs: { image: ['1', 0], path: from } },
    }))
    const file = await readFile(from)
    const start = 8 + Number(file.readBigUInt64LE())
    const found = new Float32Array(file.buffer, file.byteOffset + start, (file.length - start) / 4)
    check(found, data, sent)
    await Promise.all([rm(to), rm(from)])
  }
}

/** A run that takes a picture of an earlier run and gives its width. */
async function reading(width: number, batch: number): Promise<number> {
  const context = discomfort.context({ maxRamGb: 8 })
  next += 1
  const size = { width, height: width, batch_size: batch }
  await discomfort.run(
    { 1: { class_type: 'EmptyImage', inputs: { ...size, color: next } }, 2: port('image', { value: ['1', 0] }) },
    { context },
  )
  // What ComfyUI still held of the run before goes with this one, and is not measured.
  await discomfort.run({
    1: { class_type: 'EmptyImage', inputs: { width: 1, height: 1, batch_size: 1, color: next } },
    2: port('other', { value: ['1', 0] }),
  })
  const begun = performance.now()
  const executed: string[] = []
  const outputs = await discomfort.run(
    {
      1: port('image'),
      2: { class_type: 'GetImageSize', inputs: { image: ['1', 0] } },
      3: port('width', { value: ['2', 0] }),
    },
    {
      context,
      outputs: { width: 'INT' },
      onEvent: (event) => {
        if (event.type === 'nodeStarted' && event.classType) executed.push(event.classType)
      },
    },
  )
  const time = performance.now() - begun
  if (outputs.width !== width || !executed.includes('DiscomfortContextLoader')) throw new Error('it was not read')
  await context.shutdown()
  return time
}

let failed = false
const isVoid = ({ ratio }: Comparison) => ratio < 0.97 || ratio > 1.03
function tell(what: string, measured: Comparison, most?: number): void {
  console.log(`${what}: ${describe(measured)}`)
  if (most !== undefined && measured.ratio > most) failed = true
}

try {
  for (const [name, batch, rounds, most] of [
    ['12.6 MB', 1, pairs, 1.2],
    ['403 MB', 32, Math.ceil(pairs / 10), 1.15],
  ] as const) {
    const shape = [batch, 1024, 1024, 3]
    const data = new Float32Array(batch * 1024 * 1024 * 3).fill(0.5)
    const [inRam, onDisk] = [ours(data, shape, true), ours(data, shape, false)]
    const [one, two] = [await byHand(data, shape, 'one'), await byHand(data, shape, 'two')]
    for (let warm = 0; warm < 3; warm += 1) for (const way of [inRam, onDisk, one, two]) await way()
    tell(`${name} in and out against two bare nodes by hand`, await comparePaired(inRam, one, rounds), most)
    const control = await comparePaired(one, two, rounds)
    tell('  control, by hand against itself', control)
    if (isVoid(control)) console.log('  void: the control left 0.97 to 1.03, the machine was too noisy')
    failed ||= isVoid(control)
    tell('  in memory against on disk', await comparePaired(inRam, onDisk, rounds))
  }
  const [large, small]: [number[], number[]] = [[], []]
  for (let round = 0; round < Math.ceil(pairs / 5); round += 1) {
    large.push(await reading(1024, 32))
    small.push(await reading(1, 1))
  }
  const more = median(large.map((time, at) => time - (small[at] as number)))
  console.log(
    `a run that reads 403 MB of an earlier run costs ${more.toFixed(1)} ms more than one that reads a pixel (${median(large).toFixed(1)} and ${median(small).toFixed(1)} ms)`,
  )
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`)
  process.exitCode = failed || more > 15 ? 1 : 0
} finally {
  await discomfort.close()
  process.exit()
}
