// Runs where the store is a small file system of its own, and tells what saving too much there does.
import { readdirSync } from 'node:fs'
import { contextStore, WorkflowContext } from '../../../src/context/workflow-context.ts'
import { isDiscomfortError } from '../../../src/errors.ts'
import { Tensor } from '../../../src/values/tensor.ts'

const context = new WorkflowContext({}, { ram: undefined, disk: process.argv[2] as string })
await context.save('key', Tensor.from(new Float32Array([1, 2, 3])))
const before = readdirSync(context[contextStore].folders.at('disk'))
let error: unknown
try {
  await context.save('key', Tensor.from(new Uint8Array(8 * 2 ** 20)))
} catch (caught) {
  error = caught
}
const after = readdirSync(context[contextStore].folders.at('disk'))
const tensor = (await context.load('key')) as Tensor
const data = [...((await tensor.data()) as Float32Array)]
await context.save('small', Tensor.from(new Float32Array(1)))
process.stdout.write(
  JSON.stringify({ before, after, data, error: isDiscomfortError(error) ? error.toJSON() : String(error) }),
)
await context.shutdown()
