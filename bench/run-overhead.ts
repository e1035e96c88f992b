/**
 * `npm run bench`: what `discomfort.run` costs over a client written by hand. One workflow with one INT in and one INT
 * out, on one server, in one process, in turn; and the hand-written client against itself as the control.
 */
import { fileURLToPath } from 'node:url'
import { openHandWritten } from './hand-written-client.ts'
import { startManaged } from './managed.ts'
import { comparePaired, describe } from './paired.ts'

const rounds = Number(process.argv[2] ?? 300)
const workflow = fileURLToPath(new URL('int-through.json', import.meta.url))
const discomfort = await startManaged()
const base = discomfort.connector.serverAddress
let next = 0

async function ours(): Promise<void> {
  const n = ++next
  const outputs = await discomfort.run(workflow, { inputs: { n }, outputs: { n: 'INT' } })
  if (outputs.n !== n) throw new Error(`sent ${n}, got ${outputs.n}`)
}

/** The hand-written client on a socket of its own. */
async function handWritten(): Promise<() => Promise<void>> {
  const post = await openHandWritten(base)
  return async () => {
    const n = ++next
    const { value } = await post((promptId) => ({
      2: { class_type: 'PrimitiveInt', inputs: { value: n }, _meta: { title: 'Int' } },
      3: {
        class_type: 'DiscomfortContextSaver',
        inputs: { value: ['2', 0], unique_id: 'n', type: 'INT', run: promptId },
        _meta: { title: 'Out' },
      },
    }))
    if (value !== n) throw new Error(`sent ${n}, got ${value}`)
  }
}

try {
  const [one, two] = [await handWritten(), await handWritten()]
  for (let warm = 0; warm < 50; warm += 1) for (const way of [ours, one, two]) await way()
  const before = discomfort.connector.requestCount
  const measured = await comparePaired(ours, one, rounds)
  const requests = (discomfort.connector.requestCount - before) / rounds
  const control = await comparePaired(one, two, rounds)
  console.log(`discomfort.run against a hand-written client: ${describe(measured)}`)
  console.log(`control, the hand-written client against itself: ${describe(control)}`)
  console.log(`HTTP requests a run: ${requests} and 1`)
  const isVoid = control.ratio < 0.97 || control.ratio > 1.03
  if (isVoid) console.log('void: the control left 0.97 to 1.03, the machine was too noisy')
  process.exitCode = isVoid || measured.ratio > 1.1 ? 1 : 0
} finally {
  await discomfort.close()
  process.exit()
}
