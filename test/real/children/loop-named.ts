// Paints pictures in a context with a name, counting on from what it finds there, and tells each number once it is confirmed.
import { Discomfort } from 'discomfort'
import { colorOf } from '../support/color-of.ts'
import { node, port } from '../support/prompts.ts'

const paint = {
  1: port('color'),
  2: node('EmptyImage', { width: 64, height: 64, batch_size: 1, color: ['1', 0] }),
  3: node('PrimitiveInt', { value: ['1', 0] }),
  4: port('image', ['2', 0]),
  5: port('number', ['3', 0]),
}
const tell = (text: string) => process.stdout.write(`${text}\n`)

const discomfort = await Discomfort.create({ ...(JSON.parse(process.argv[2] ?? '') as object), exclusive: true })
const context = discomfort.context({ name: 'faults' })
tell(`server ${discomfort.connector.pid}`)
let number = context.has('number') ? await context.load('number', 'INT') : 0
try {
  for (;;) {
    number += 1
    await discomfort.run(paint, { context, inputs: { color: number } })
    tell(String(number))
  }
} catch {
  // The server is gone; what it gave is not.
  const image = await context.load('image', 'IMAGE')
  tell(`kept ${await context.load('number', 'INT')} ${await colorOf(image)}`)
}
await discomfort.close()
