import { DiscomfortError } from '../../errors.ts'
import type { Workflow } from '../../workflow/document.ts'
import { invalidWorkflow } from '../../workflow/invalid-workflow.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { hostNode } from './host-node.ts'
import type { Place } from './place.ts'
import { plainNode } from './plain-node.ts'
import { readCanvas } from './read-canvas.ts'
import { settleLinks } from './settle-links.ts'
import type { Subgraph } from './subgraphs.ts'

/** Subgraphs deeper than this, or nodes more than this, only come from damaged files. */
const maxDepth = 64
const maxNodes = 50_000

/** Lays a workflow flat: the nodes inside subgraphs get ids `outer:inner`, links across borders become direct ones. */
export function expandSubgraphs(workflow: Workflow, index: DefinitionIndex, frontend?: string): Graph {
  const nodes = new Map<string, GraphNode>()
  const subgraphs = new Map<string, Subgraph>()
  for (const definition of workflow.definitions?.subgraphs ?? []) {
    subgraphs.set(definition.id, { definition, canvas: readCanvas(settleLinks(definition, index, frontend)) })
  }
  const add = (place: Place, depth: number): void => {
    if (depth > maxDepth) throw tooDeep(place.scope)
    if (nodes.size > maxNodes) throw invalidWorkflow(`The workflow unfolds to more than ${maxNodes} nodes.`)
    for (const drawn of place.canvas.nodes) {
      const subgraph = subgraphs.get(drawn.type)
      if (!subgraph) {
        const plain = plainNode(drawn, place, index(drawn.type))
        nodes.set(plain.id, plain)
        continue
      }
      const { node, inside } = hostNode(drawn, place, subgraph, subgraphs, index)
      nodes.set(node.id, node)
      // The page leaves out what is inside a muted or bypassed subgraph only where that lies on the main canvas.
      if (depth > 0 || node.mode === 'active') add(inside, depth + 1)
    }
  }
  const border = () => ({ source: undefined })
  add({ canvas: readCanvas(settleLinks(workflow, index, frontend)), scope: '', border, frontend, given: new Map() }, 0)
  return { nodes }
}

function tooDeep(scope: string): DiscomfortError<'WORKFLOW_CYCLE'> {
  const nodes = scope.split(':').slice(0, 8)
  return new DiscomfortError(
    'WORKFLOW_CYCLE',
    `The subgraph at node ${nodes[0]} contains itself (deeper than ${maxDepth} levels). Take the inner copy out and save the workflow again.`,
    { details: { nodes } },
  )
}
