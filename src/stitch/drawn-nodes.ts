import { uniqueNodeIds } from '../prompt/passes/unique-node-ids.ts'
import type { Workflow, WorkflowNode } from '../workflow/document.ts'

/** Finds the drawn node of an id in the prompt (`outer:inner`); undefined for members of group nodes, which are not drawn. */
export function drawnNodes(workflow: Workflow): (id: string) => WorkflowNode | undefined {
  const canvases = new Map<string, ReadonlyMap<string, WorkflowNode>>()
  const { nodes, definitions } = uniqueNodeIds(workflow)
  const main = byId(nodes)
  for (const subgraph of definitions?.subgraphs ?? []) canvases.set(subgraph.id, byId(subgraph.nodes ?? []))
  return (id) => {
    let canvas: ReadonlyMap<string, WorkflowNode> | undefined = main
    let node: WorkflowNode | undefined
    for (const part of id.split(':')) {
      node = canvas?.get(part)
      canvas = node && canvases.get(node.type)
    }
    return node
  }
}

function byId(nodes: readonly WorkflowNode[]): ReadonlyMap<string, WorkflowNode> {
  return new Map(nodes.map((node) => [String(node.id), node]))
}
