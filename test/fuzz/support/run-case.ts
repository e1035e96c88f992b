import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isDiscomfortError } from '../../../src/errors.ts'
import { findPorts } from '../../../src/ports/find-ports.ts'
import { compileWorkflow } from '../../../src/prompt/compile.ts'
import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'
import { workflowToPrompt } from '../../../src/prompt/workflow-to-prompt.ts'
import { validateWorkflow } from '../../../src/validate/validate-workflow.ts'
import { parseWorkflow } from '../../../src/workflow/parse.ts'
import { definitions as classes } from '../../prompt/support/definitions.ts'
import { createRandom } from '../../support/random.ts'
import { definitions as sockets } from '../../support/port-definitions.ts'
import { damagedFile, type Damaged } from './damage.ts'

/** How much longer than a sound workflow of 2,000 nodes a step may take: machines differ, and one does from hour to hour. */
const mostTimes = 30
/** What a step may take of the heap, garbage included, and what may be left of all before it. */
const mostMegabytes = 1000
const mostLeft = 700

const definitions: NodeDefinitions = { ...sockets, ...classes }
const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
const clean = prototypes.map((prototype) => Reflect.ownKeys(prototype).length)

/** Runs a step; gives its result, or undefined for an error of ours. Any other error goes on. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step()
  } catch (error) {
    if (isDiscomfortError(error)) return undefined
    throw error
  }
}

const steps: Readonly<Record<string, (source: Damaged['source']) => unknown>> = {
  parse: (source) => parseWorkflow(source),
  ports: (source) => {
    const parsed = parseWorkflow(source)
    const compiled =
      parsed.kind === 'workflow'
        ? compileWorkflow(parsed.workflow, definitions, { missingNodes: 'keep' })
        : { prompt: parsed.prompt, drawn: {} }
    return findPorts(compiled, definitions)
  },
  validate: (source) => {
    const parsed = parseWorkflow(source)
    return validateWorkflow(parsed.kind === 'workflow' ? parsed.workflow : parsed.prompt, definitions)
  },
  convert: (source) => {
    const parsed = parseWorkflow(source)
    return parsed.kind === 'workflow'
      ? workflowToPrompt(parsed.workflow, definitions, { dynamicPrompts: 'resolve' })
      : undefined
  },
}

let usual: number | undefined
function mostSeconds(): number {
  usual ??= Math.min(...Array.from({ length: 5 }, () => cpuSeconds(() => steps['validate']?.(chain))))
  return usual * mostTimes
}

const length = 2000
const chain: Damaged['source'] = {
  version: 0.4,
  nodes: Array.from({ length }, (_, at) => ({
    id: at,
    type: 'Any',
    mode: 0,
    inputs: [{ name: 'anything', type: '*', link: at === 0 ? null : at }],
    outputs: [{ name: 'anything', type: '*', links: at === length - 1 ? [] : [at + 1] }],
    widgets_values: [],
  })),
  links: Array.from({ length: length - 1 }, (_, at) => [at + 1, at, 0, at + 1, 0, '*']),
}

function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Runs one case. Gives what is wrong with how it went, in words; undefined for nothing. */
export function problemOf(seed: number, number: number): string | undefined {
  const { source, history } = damagedFile(createRandom(seed + number * 7919))
  const where = `SEED=${seed} CASE=${number} (${history.join(', ')})`
  for (const [name, step] of Object.entries(steps)) {
    const heap = settledHeap()
    if (heap > mostLeft) return `${where}: ${heap.toFixed(0)} MB were left by what came before ${name}`
    let seconds: number
    try {
      seconds = cpuSeconds(() => attempt(() => step(source)))
    } catch (error) {
      return `${where}: ${name} raised ${error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' ') : String(error)}`
    }
    if (seconds > mostSeconds()) return `${where}: ${name} took ${seconds.toFixed(2)} s of CPU`
    const grown = heapMegabytes() - heap
    if (grown > mostMegabytes) return `${where}: ${name} took ${grown.toFixed(0)} MB`
  }
  const isClean = prototypes.every((prototype, at) => Reflect.ownKeys(prototype).length === clean[at])
  if (!isClean || 'polluted' in {}) return `${where}: a prototype was changed`
  return undefined
}

function heapMegabytes(): number {
  return process.memoryUsage().heapUsed / 1e6
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Garbage is taken out where there is much, so that what a step takes can be told. */
function settledHeap(): number {
  // The engine keeps the last text that a regular expression matched: here that of the damaged file, however long.
  ;/./.test('.')
  if (heapMegabytes() > mostLeft / 2) collectGarbage()
  return heapMegabytes()
}
