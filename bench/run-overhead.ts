/**
 * `npm run bench`: what `discomfort.run` costs over a client written by hand. One workflow with one INT in and one INT
 * out, on one server, in one process, in turn; and the hand-written client against itself as the control.
 */
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { Discomfort } from 'discomfort'
import { tinyModels } from '../scripts/tiny-models.ts'
import { managedInstallation } from '../src/server/install/install.ts'
import { comparePaired, type Comparison } from './paired.ts'

const rounds = Number(process.argv[2] ?? 300)
const workflow = fileURLToPath(new URL('int-through.json', import.meta.url))
const installation = await managedInstallation()
if (!installation) throw new Error('There is no managed ComfyUI: run `npm run demo` first.')
const discomfort = await Discomfort.create({
  comfyui: installation.folder,
  python: installation.python,
  args: ['--base-directory', installation.base ?? installation.folder, ...(await tinyModels(installation.python))],
  customNodes: 'none',
})
const base = discomfort.connector.serverAddress
let next = 0

async function ours(): Promise<void> {
  const n = ++next
  const outputs = await discomfort.run(workflow, { inputs: { n }, outputs: { n: 'INT' } })
  if (outputs.n !== n) throw new Error(`sent ${n}, got ${outputs.n}`)
}

/** What somebody writes who knows ComfyUI well: one socket, one POST, the value out of the `executed` message. */
async function handWritten(): Promise<() => Promise<void>> {
  const clientId = randomUUID()
  const socket = new WebSocket(`${base.replace('http', 'ws')}/ws?clientId=${clientId}`)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return async () => {
    const n = ++next
    const promptId = randomUUID()
    const prompt = {
      2: { class_type: 'PrimitiveInt', inputs: { value: n }, _meta: { title: 'Int' } },
      3: {
        class_type: 'DiscomfortContextSaver',
        inputs: { value: ['2', 0], unique_id: 'n', type: 'INT', run: promptId },
        _meta: { title: 'Out' },
      },
    }
    let value: number | undefined
    const done = new Promise<void>((resolve, reject) => {
      const listen = (data: Buffer, isBinary: boolean) => {
        if (isBinary) return
        const message = JSON.parse(data.toString()) as { type: string; data: Record<string, unknown> }
        if (message.data['prompt_id'] !== promptId) return
        if (message.type === 'executed') value = Number((message.data['output'] as SaverOutput).discomfort[0].tree.int)
        if (message.type === 'execution_error') reject(new Error(String(message.data['exception_message'])))
        if (message.type !== 'execution_success') return
        socket.off('message', listen)
        resolve()
      }
      socket.on('message', listen)
    })
    const body = {
      prompt,
      prompt_id: promptId,
      client_id: clientId,
      extra_data: {},
      discomfort: { v: 1, context: 'bench', reads: [], forget: [] },
    }
    const response = await fetch(`${base}/discomfort/submit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { node_errors?: object }
    if (!response.ok || Object.keys(answer.node_errors ?? {}).length > 0) throw new Error(JSON.stringify(answer))
    await done
    if (value !== n) throw new Error(`sent ${n}, got ${value}`)
  }
}

interface SaverOutput {
  readonly discomfort: readonly [{ readonly tree: { readonly int: string } }]
}

function show(name: string, { ratio, interval, medians, cpu }: Comparison): void {
  console.log(
    `${name}: ratio ${ratio.toFixed(3)} (95 %: ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}), medians ${medians[0].toFixed(2)} and ${medians[1].toFixed(2)} ms, CPU ${cpu[0].toFixed(2)} and ${cpu[1].toFixed(2)} ms a run`,
  )
}

try {
  const [one, two] = [await handWritten(), await handWritten()]
  for (let warm = 0; warm < 50; warm += 1) for (const way of [ours, one, two]) await way()
  const before = discomfort.connector.requestCount
  const measured = await comparePaired(ours, one, rounds)
  const requests = (discomfort.connector.requestCount - before) / rounds
  const control = await comparePaired(one, two, rounds)
  show('discomfort.run against a hand-written client', measured)
  show('control: the hand-written client against itself', control)
  console.log(`HTTP requests a run: ${requests} and 1`)
  const isVoid = control.ratio < 0.97 || control.ratio > 1.03
  if (isVoid) console.log('void: the control left 0.97 to 1.03, the machine was too noisy')
  process.exitCode = isVoid || measured.ratio > 1.1 ? 1 : 0
} finally {
  await discomfort.close()
  process.exit()
}
