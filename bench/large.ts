/**
 * `npm run bench:large`: a tensor that is larger than any array of Node goes through ComfyUI and back, and how much memory
 * Node takes for it. With its size in GB; 4.5 by default. It needs twice that in memory and on disk together.
 */
import { crc32 } from 'node:zlib'
import { Tensor } from 'discomfort'
import { startManaged } from './managed.ts'

const rows = Math.round(Number(process.argv[2] ?? 4.5) * 250)
const row = 1000 * 1000
const port = (uniqueId: string, more: object = {}) => ({
  class_type: 'DiscomfortPort',
  inputs: { unique_id: uniqueId, tags: '', ...more },
})

const discomfort = await startManaged()
let sent = 0

/** Rows of numbers, made one after another. */
function* made(): Generator<Uint8Array> {
  for (let at = 0; at < rows; at += 1) {
    const bytes = new Uint8Array(new Float32Array(row).fill(at).buffer)
    sent = crc32(bytes, sent)
    yield bytes
  }
}

try {
  const context = discomfort.context()
  const time = async (what: string, work: () => Promise<unknown>) => {
    const begun = performance.now()
    await work()
    console.log(`${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
  }
  await time('saved from a stream', () => context.save('in', Tensor.fromStream(made(), [rows, 1000, 1000], 'F32')))
  await time('a run that takes it and gives it back', () =>
    discomfort.run({ 1: port('in'), 2: port('out', { value: ['1', 0] }) }, { context }),
  )
  const out = (await context.load('out')) as Tensor
  let found = 0
  await time('read as a stream', async () => {
    for await (const chunk of out.stream()) found = crc32(chunk, found)
  })
  const middle = (await out.slice(rows >> 1, (rows >> 1) + 1).data()) as Float32Array
  const memory = process.resourceUsage().maxRSS / 1024
  console.log(
    `${(out.byteLength / 1e9).toFixed(2)} GB, in ${context.getStorageInfo('in').storage} and out ${context.getStorageInfo('out').storage}: ${found === sent ? 'the same bytes' : 'DIFFERENT BYTES'}`,
  )
  console.log(`Node's resident memory was at most ${memory.toFixed(0)} MB`)
  process.exitCode = found === sent && middle[row - 1] === rows >> 1 && memory < 300 ? 0 : 1
} finally {
  await discomfort.close()
  process.exit()
}
