/**
 * `npm run bench:conversion`: how long the conversion takes on the official workflows, with the node definitions indexed,
 * and how it grows with the number of nodes. The fastest of several counts, since other programs only add to the time. Node definitions come from a managed ComfyUI, workflows from the package in
 * which ComfyUI publishes them.
 */
import { workflowToPrompt } from 'discomfort/pure'
import type { NodeDefinitions } from '../src/prompt/node-definitions.ts'
import type { Workflow } from '../src/workflow/document.ts'
import { frontends } from '../test/parity/support/frontend.ts'
import { readOfficialWorkflows } from '../test/parity/support/official-workflows.ts'
import { startParityServer } from '../test/parity/support/parity-server.ts'
import { median } from './paired.ts'

const rounds = 9
const server = await startParityServer(frontends[0] as (typeof frontends)[number])
const { definitions, python } = server
await server[Symbol.asyncDispose]()
const official = await readOfficialWorkflows(python)
const measured = official
  .map(({ name, workflow }) => ({ name, ms: Math.min(...times(workflow, definitions)) }))
  .toSorted((one, other) => other.ms - one.ms)
const middle = median(measured.map(({ ms }) => ms))
const [slowest = { name: '', ms: 0 }] = measured
console.log(`${official.length} official workflows, the fastest of ${rounds} conversions each:`)
console.log(`median ${middle.toFixed(3)} ms, largest ${slowest.ms.toFixed(2)} ms (${slowest.name})`)
for (const nodes of [100, 1_000, 10_000, 40_000]) {
  const ms = Math.min(...times(chain(nodes), definitions))
  console.log(`${nodes} nodes in a chain: ${ms.toFixed(2)} ms, ${((ms / nodes) * 1000).toFixed(2)} µs a node`)
}
process.exitCode = middle > 0.5 || slowest.ms > 10 ? 1 : 0

function times(workflow: Workflow, nodeDefinitions: NodeDefinitions): number[] {
  return Array.from({ length: rounds }, () => {
    const begun = performance.now()
    workflowToPrompt(workflow, nodeDefinitions, { missingNodes: 'keep' })
    return performance.now() - begun
  })
}

/** An image that goes through nodes that scale it; every tenth is bypassed, every tenth goes through a reroute. */
function chain(count: number): Workflow {
  const image = { name: 'IMAGE', type: 'IMAGE' }
  const nodes = Array.from({ length: count }, (_, at) => {
    const common = { id: at + 1, outputs: [{ ...image, links: [at + 1] }], mode: at % 10 === 5 ? 4 : 0 }
    const input = { type: 'IMAGE', link: at }
    if (at === 0) return { ...common, type: 'EmptyImage', inputs: [], widgets_values: [64, 64, 1, 0] }
    if (at % 10 === 7) return { ...common, type: 'Reroute', inputs: [{ ...input, name: '' }] }
    return { ...common, type: 'ImageScaleBy', inputs: [{ ...input, name: 'image' }], widgets_values: ['bilinear', 1] }
  })
  const links = nodes.slice(1).map((_, at) => [at + 1, at + 1, 0, at + 2, 0, 'IMAGE'] as const)
  return { version: 0.4, nodes, links }
}
