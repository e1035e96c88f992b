/**
 * `npm run bench:stitch`: how long it takes to stitch 50 workflows of 100 nodes into one, and how it grows. The fastest of
 * several counts, since other programs only add to the time; the conversion of the same workflows one by one, which is
 * part of it, stands beside it.
 */
import { stitchWorkflows, workflowToPrompt, type LinkTuple, type Workflow } from 'discomfort/pure'

const rounds = 15
const bar = 100
const measured = [10, 50, 200].map((count) => {
  const workflows = Array.from({ length: count }, (_, at) => part(at, 100))
  const stitch = best(() => stitchWorkflows(workflows))
  const convert = best(() => {
    for (const workflow of workflows) workflowToPrompt(workflow, {}, { missingNodes: 'keep' })
  })
  console.log(
    `${count} workflows of 100 nodes: ${stitch.toFixed(1)} ms (converting them alone: ${convert.toFixed(1)} ms)`,
  )
  return { count, stitch }
})
process.exitCode = measured.some(({ count, stitch }) => count === 50 && stitch > bar) ? 1 : 0

function best(act: () => void): number {
  return Math.min(
    ...Array.from({ length: rounds }, () => {
      const begun = performance.now()
      act()
      return performance.now() - begun
    }),
  )
}

/** A chain of nodes between an INPUT and an OUTPUT port; each part takes what the one before it gives. */
function part(at: number, count: number): Workflow {
  const socket = { name: 'image', type: 'IMAGE' }
  const last = count - 1
  const nodes = Array.from({ length: count }, (_, place) => {
    const isPort = place === 0 || place === last
    const uniqueId = `image ${place === 0 ? at : at + 1}`
    return {
      id: place + 1,
      type: isPort ? 'DiscomfortPort' : 'ImageScaleBy',
      pos: [place * 300, 0],
      size: [250, 100],
      inputs: [{ ...socket, name: isPort ? 'value' : 'image', link: place === 0 ? null : place }],
      outputs: [{ ...socket, links: place === last ? [] : [place + 1] }],
      widgets_values: isPort ? [uniqueId, ''] : ['bilinear', 1],
    }
  })
  const links = nodes.slice(1).map((_, place): LinkTuple => [place + 1, place + 1, 0, place + 2, 0, 'IMAGE'])
  return { version: 0.4, nodes, links }
}
