// Starts runs at once on a server that others use too, cancels some of them, and tells how each ended, as lines of JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { Discomfort, isDiscomfortError } from 'discomfort'
import { createRandom } from '../../support/random.ts'
import { node, port } from '../support/prompts.ts'

/** What this script is told, as JSON. */
export interface CancelSome {
  readonly server: string
  readonly name: string
  readonly runs: number
  readonly cancels: number
  /** Steps of 50 ms. */
  readonly steps: number
  readonly file: string
}

/** How one run ended. */
export interface EndedRun {
  readonly line: string
  /** What `cancel()` answered; absent where it was not called. */
  readonly cancelled?: boolean
  /** Whether the run had ended before it was called. */
  readonly wasOver?: boolean
  readonly code?: string
  readonly warnings: readonly string[]
}

const { server, name, runs, cancels, steps, file } = JSON.parse(process.argv[2] ?? '') as CancelSome
const random = createRandom(Number(name.match(/\d+/)?.[0]))
const chosen = new Set<number>()
while (chosen.size < cancels) chosen.add(random.below(runs))

const discomfort = await Discomfort.create({ server })
async function one(index: number): Promise<void> {
  const line = `${name} ${index}`
  const run = discomfort.run({
    1: node('TestSlow', { steps, seed: random.below(1_000_000_000) }),
    2: node('TestCount', { value: ['1', 0], file, line }),
    3: port('seed', ['2', 0]),
  })
  const ended = run.then(
    () => undefined,
    (error: unknown) => (isDiscomfortError(error) ? error.code : String(error)),
  )
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  let wasOver = false
  let cancelled: boolean | undefined
  if (chosen.has(index)) {
    // Some before they were sent, most while they wait, some while they run, some when they are about to be done.
    if (index % 3 === 0) await sleep(random.below(runs * steps * 25))
    if (index % 3 === 1) for await (const event of run) if (event.type === 'started') break
    if (index % 6 === 1) await sleep(steps * 50 - random.below(60))
    wasOver = isOver
    cancelled = await run.cancel()
  }
  const code = await ended
  const told: EndedRun = {
    line,
    warnings: run.report.warnings,
    ...(code === undefined ? {} : { code }),
    ...(cancelled === undefined ? {} : { cancelled, wasOver }),
  }
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
await Promise.all(Array.from({ length: runs }, (_, index) => one(index)))
await discomfort.close()
