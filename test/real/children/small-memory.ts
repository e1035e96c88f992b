// Runs where the memory for values is a small file system of its own, and tells where a picture of 100 MB went.
import { Discomfort, Image, Tensor } from 'discomfort'
import { port } from '../support/prompts.ts'

await using discomfort = await Discomfort.create({ ...(JSON.parse(process.argv[2] ?? '') as object), exclusive: true })
const context = discomfort.context({ maxRamGb: 4 })
const shape = [8, 1024, 1024, 3]
const large = Image.from(Tensor.from(new Float32Array(8 * 1024 * 1024 * 3).fill(0.5), shape))
const small = Image.from(Tensor.from(new Float32Array(3), [1, 1, 1, 3]))
const through = (name: string) => ({ 1: port(name), 2: port(`${name}-out`, ['1', 0]) })
await discomfort.run([through('large'), through('small')], { context, inputs: { large, small } })
const image = await context.load('large-out', 'IMAGE')
const data = (await image.tensor.data()) as Float32Array
const places = context.listKeys().map((key) => [key, context.getStorageInfo(key).storage])
process.stdout.write(
  JSON.stringify({ places: Object.fromEntries(places), last: data.at(-1), shape: image.tensor.shape }),
)
