import { DiscomfortError, type MissingNodeType } from '../../errors.ts'
import type { CompileOptions } from '../compile.ts'
import type { Graph, GraphNode } from '../graph.ts'

/** Refuses a graph with node types that the server does not have, naming each one, its nodes and its pack. */
export function checkMissing(graph: Graph, options: CompileOptions): void {
  if (options.missingNodes === 'keep') return
  const missing = new Map<string, MissingNodeType>()
  for (const node of graph.nodes.values()) {
    if (node.role !== 'missing') continue
    const entry = missing.get(node.type) ?? { type: node.type, nodes: [], ...packOf(node) }
    entry.nodes.push({ id: node.id, title: node.title })
    missing.set(node.type, entry)
  }
  if (missing.size === 0) return
  const list = [...missing.values()]
  const where = options.source === undefined ? 'The workflow' : options.source
  throw new DiscomfortError(
    'WORKFLOW_NODES_MISSING',
    `${where} uses node types that this server does not have: ${list.map(describe).join('; ')}. Install the packs, or pass missingNodes: 'keep'.`,
    { details: { missing: list, ...(options.source === undefined ? {} : { source: options.source }) } },
  )
}

function describe({ type, nodes, pack }: MissingNodeType): string {
  return `"${type}" (node ${nodes.map((node) => node.id).join(', ')}${pack === undefined ? '' : `, from the pack ${pack}`})`
}

function packOf(node: GraphNode): { pack?: string } {
  const { cnr_id: registered, aux_id: repository } = node.drawn.properties ?? {}
  const pack = [registered, repository].find((value) => typeof value === 'string' && value !== '')
  return typeof pack === 'string' ? { pack } : {}
}
