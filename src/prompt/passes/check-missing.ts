import { DiscomfortError, type MissingNodeType } from '../../errors.ts'
import type { CompileOptions } from '../compile-options.ts'
import type { Graph, GraphNode } from '../graph.ts'
import type { ConversionWarning } from '../warning.ts'

/**
 * Looks at node types that the server does not have. Those that hang on nothing (labels, switches and notes of packs)
 * are left out with a warning. With any other the graph is refused, naming each type, its nodes and its pack, unless
 * they are to be kept.
 */
export function checkMissing(graph: Graph, options: CompileOptions, warn: (warning: ConversionWarning) => void): Graph {
  const missing = [...graph.nodes.values()].filter(({ role }) => role === 'missing')
  if (missing.length === 0) return graph
  if (options.missingNodes === 'keep') {
    for (const node of missing) warn(warning(node, 'is not known to this server and was kept as it is.'))
    return graph
  }
  const used = usedNodes(graph)
  const loose = new Set(missing.filter((node) => !used.has(node.id) && !node.inputs.some(({ source }) => source)))
  const needed = missing.filter((node) => !loose.has(node))
  if (needed.length > 0) throw missingNodes(needed, options.source)
  for (const node of loose) warn(warning(node, 'is not known to this server, hangs on nothing and was left out.'))
  return { nodes: new Map([...graph.nodes].filter(([, node]) => !loose.has(node))) }
}

function usedNodes(graph: Graph): ReadonlySet<string> {
  const used = new Set<string>()
  for (const { inputs } of graph.nodes.values()) {
    for (const { source } of inputs) if (source?.kind === 'output') used.add(source.node)
  }
  return used
}

function warning({ id, title, type }: GraphNode, what: string): ConversionWarning {
  return { node: id, title, message: `The node type "${type}" ${what}` }
}

function missingNodes(nodes: readonly GraphNode[], source: string | undefined): DiscomfortError {
  const byType = new Map<string, MissingNodeType>()
  for (const node of nodes) {
    const entry = byType.get(node.type) ?? { type: node.type, nodes: [], ...packOf(node) }
    entry.nodes.push({ id: node.id, title: node.title })
    byType.set(node.type, entry)
  }
  const missing = [...byType.values()]
  const where = source === undefined ? 'The workflow' : `"${source}"`
  const list = missing.map(describe).join('; ')
  return new DiscomfortError(
    'WORKFLOW_NODES_MISSING',
    `${where} uses node types that this server does not have: ${list}. Install their packs, or pass missingNodes: 'keep'.`,
    { details: { missing, ...(source === undefined ? {} : { source }) } },
  )
}

function describe({ type, nodes, pack }: MissingNodeType): string {
  const ids = `node ${nodes.map(({ id }) => id).join(', ')}`
  // Before subgraphs there were "group nodes", whose groups lie in the file itself.
  if (/^workflow[>/]/.test(type)) return `"${type}" (${ids}, a group node whose group the file does not hold)`
  return `"${type}" (${ids}${pack === undefined ? '' : `, from the pack ${pack}`})`
}

function packOf(node: GraphNode): { pack?: string } {
  const { cnr_id: registered, aux_id: repository } = node.drawn.properties ?? {}
  const pack = [registered, repository].find((value) => typeof value === 'string' && value !== '')
  return typeof pack === 'string' ? { pack } : {}
}
