import type { Workflow, WorkflowNode } from '../../../src/workflow/document.ts'

/** What kinds of ports lie inside the subgraphs of a drawing, and in what kinds of subgraphs. */
export function portsInside({ nodes, definitions }: Workflow): string[] {
  const subgraphs = definitions?.subgraphs ?? []
  const inner = subgraphs.flatMap((subgraph) => subgraph.nodes ?? [])
  return subgraphs.flatMap(({ id, nodes: own = [] }) => {
    const isHost = ({ type }: WorkflowNode): boolean => type === id
    const isUsedTwice = [...nodes, ...inner].filter(isHost).length > 1
    const kind = isUsedTwice ? 'subgraph used twice' : inner.some(isHost) ? 'nested subgraph' : 'subgraph'
    return own.flatMap(({ type, inputs = [] }) => {
      if (type !== 'DiscomfortPort') return []
      const isFed = inputs.some(({ name, link }) => name === 'value' && typeof link === 'number')
      return [`${isFed ? 'OUTPUT' : 'INPUT'} port in a ${kind}`]
    })
  })
}
