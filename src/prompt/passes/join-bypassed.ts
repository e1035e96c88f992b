import type { Graph, GraphNode, Source } from '../graph.ts'
import { typesMatch } from '../types-match.ts'
import { rerouteSources } from './reroute-sources.ts'

/** Takes bypassed nodes out: each output is joined to the input of a matching type, if there is one. */
export function joinBypassed(graph: Graph): Graph {
  const joined = rerouteSources(graph, (node, source) =>
    node.mode === 'bypassed' ? node.inputs[matchingInput(node, source)]?.source : 'itself',
  )
  return { nodes: new Map([...joined.nodes].filter(([, node]) => node.mode !== 'bypassed')) }
}

/** The socket that stands in for an output: the one beside it if it fits, else the first of the very type, else the first that fits. */
function matchingInput(node: GraphNode, { slot, type }: Source & { kind: 'output' }): number {
  if (type === '*' || type === '') return node.inputs.length > slot ? slot : 0
  const beside = node.inputs[slot]
  const outputType = node.outputs[slot]?.type ?? '*'
  if (beside && typesMatch(beside.type, outputType)) return slot
  const exact = node.inputs.findIndex((input) => input.type === type)
  if (exact !== -1) return exact
  return node.inputs.findIndex((input) => typesMatch(input.type, type))
}
