// Runs where memory (2 MiB) and disk (4 MiB) are small file systems of their own, and tells what saving too much there does.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { contextStore, WorkflowContext } from '../../../../src/context/workflow-context.ts'
import { isDiscomfortError } from '../../../../src/errors.ts'
import { Tensor } from '../../../../src/values/tensor.ts'

const folder = process.argv[2] as string
const context = new WorkflowContext({ maxRamGb: 1 }, { ram: join(folder, 'ram'), disk: join(folder, 'disk') })
const { folders } = context[contextStore]
const listAll = () => (['ram', 'disk'] as const).map((place) => readdirSync(folders.at(place)).join())
await context.save('key', Tensor.from(new Float32Array([1, 2, 3])))
await context.save('large', Tensor.from(new Uint8Array(3 * 2 ** 20)))
const places = Object.fromEntries(context.listKeys().map((key) => [key, context.getStorageInfo(key).storage]))
const before = listAll()
let error: unknown
try {
  await context.save('key', Tensor.from(new Uint8Array(8 * 2 ** 20)))
} catch (caught) {
  error = caught
}
const after = listAll()
const data = [...((await ((await context.load('key')) as Tensor).data()) as Float32Array)]
context.delete('large')

/** What was confirmed last under each key. */
const confirmed = new Map<string, number>()
for (let round = 1, failures = 0; failures < 50; round += 1) {
  const key = `key ${round % 40}`
  const size = 1 + ((round * 7919) % 300_000)
  try {
    await context.save(key, Tensor.from(new Uint8Array(size).fill(round)))
    confirmed.set(key, round)
  } catch (caught) {
    if (!isDiscomfortError(caught, 'STORE_FULL')) throw caught
    failures += 1
  }
}
const lost: string[] = []
for (const [key, round] of confirmed) {
  const bytes = (await ((await context.load(key)) as Tensor).data()) as Uint8Array
  if (bytes.length !== 1 + ((round * 7919) % 300_000) || bytes.some((byte) => byte !== round % 256)) lost.push(key)
}
await context.shutdown()
process.stdout.write(
  JSON.stringify({
    places,
    before,
    after,
    data,
    error: isDiscomfortError(error) ? error.toJSON() : String(error),
    kept: confirmed.size,
    lost,
  }),
)
