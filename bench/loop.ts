/**
 * `npm run bench:loop`: a loop that replaces a picture of 3 MB again and again, and what is left behind: memory of ComfyUI
 * against the same loop by hand with two bare nodes, each on a server of its own; Node's heap, handles and files; what lies
 * in the store. With the number of runs; 10,000 by default.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Image, Tensor, type Discomfort } from 'discomfort'
import { storeRoots } from '../src/context/places/store-roots.ts'
import { openHandWritten } from './hand-written-client.ts'
import { startManaged } from './managed.ts'
import { median } from './paired.ts'

const runs = Number(process.argv[2] ?? 10_000)
const shape = [1, 512, 512, 3]
const bytes = 4 * 512 * 512 * 3
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const port = (uniqueId: string, more: object = {}) => ({
  class_type: 'DiscomfortPort',
  inputs: { unique_id: uniqueId, tags: '', ...more },
})
const invert = {
  1: port('image'),
  2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  3: port('image', { value: ['2', 0] }),
}

interface Sample {
  readonly server: number
  readonly heap: number
  readonly handles: number
  readonly files: number
  readonly store: number
}

function sizeOf(folder: string): number {
  let size = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) size += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
  return size
}

function sample(discomfort: Discomfort): Sample {
  collect()
  const status = readFileSync(`/proc/${discomfort.connector.pid}/status`, 'utf8')
  const { ram, disk } = storeRoots()
  return {
    server: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    heap: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
    files: readdirSync('/proc/self/fd').length,
    store: [ram, disk].reduce(
      (sum, root) => sum + (root && statSync(root, { throwIfNoEntry: false }) ? sizeOf(root) : 0),
      0,
    ),
  }
}

async function measure(prepare: (discomfort: Discomfort) => Promise<() => Promise<void>>): Promise<Sample[]> {
  const discomfort = await startManaged({ OMP_NUM_THREADS: '1' })
  try {
    const samples: Sample[] = []
    const run = await prepare(discomfort)
    for (let number = 1; number <= runs; number += 1) {
      await run()
      if (number % Math.ceil(runs / 100) === 0) samples.push(sample(discomfort))
    }
    return samples
  } finally {
    await discomfort.close()
  }
}

async function ours(discomfort: Discomfort): Promise<() => Promise<void>> {
  const context = discomfort.context()
  await context.save('image', Image.from(Tensor.from(new Float32Array(bytes / 4).fill(0.25), shape)))
  return async () => {
    await discomfort.run(invert, { context })
  }
}

async function byHand(discomfort: Discomfort): Promise<() => Promise<void>> {
  const post = await openHandWritten(discomfort.connector.serverAddress, { bare: true })
  const path = (name: number) => `/dev/shm/discomfort-bench-${process.pid}-${name % 2}.safetensors`
  const header = JSON.stringify({ image: { dtype: 'F32', shape, data_offsets: [0, bytes] } })
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(BigInt(header.length))
  await writeFile(path(0), Buffer.concat([head, Buffer.from(header), Buffer.alloc(bytes)]))
  process.once('exit', () => [0, 1].forEach((name) => void rm(path(name), { force: true })))
  let number = 0
  return async () => {
    await post(() => ({
      1: { class_type: 'BenchLoad', inputs: { path: path(number), number } },
      2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
      3: { class_type: 'BenchSave', inputs: { image: ['2', 0], path: path(number + 1) } },
    }))
    number += 1
    // The loop looks at its picture, as ours could.
    if (number % 1000 === 0) await readFile(path(number))
  }
}

/** How much something grew over the second half: the end of it against its beginning. */
function growth(samples: readonly Sample[], of: keyof Sample): number {
  const half = samples.slice(Math.floor(samples.length / 2))
  return median(half.slice(-10).map((one) => one[of])) - median(half.slice(0, 10).map((one) => one[of]))
}

const [own, hand] = [await measure(ours), await measure(byHand)]
const grown = (of: keyof Sample) => growth(own, of)
const largest = Math.max(...own.map(({ store }) => store))
console.log(`${runs} runs that replace a picture of ${(bytes / 1e6).toFixed(1)} MB; growth over the last half:`)
console.log(
  `ComfyUI's resident memory: ${grown('server').toFixed(1)} MB, by hand ${growth(hand, 'server').toFixed(1)} MB`,
)
console.log(
  `Node's heap after collection: ${grown('heap').toFixed(2)} MB, handles ${grown('handles')}, open files ${grown('files')}`,
)
console.log(`the store: at most ${(largest / bytes).toFixed(2)} pictures`)
const isFlat = grown('heap') < 1 && grown('handles') <= 0 && grown('files') <= 0 && largest < 2.1 * bytes
process.exit(isFlat && grown('server') <= Math.max(growth(hand, 'server'), 0) + 2 ? 0 : 1)
