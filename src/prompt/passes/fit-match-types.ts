import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import type { Graph, GraphInput, GraphNode } from '../graph.ts'
import { typesMatch } from '../types-match.ts'

/**
 * Drops links that do not fit the type that an output takes from the inputs of its node (`COMFY_MATCHTYPE_V3`). The page
 * gives such outputs their types when it has opened a file, and looks at the links of those whose type changes.
 */
export function fitMatchTypes(graph: Graph, index: DefinitionIndex): Graph {
  const taken = new Map<string, string>()
  for (const node of graph.nodes.values()) {
    const spec = node.role === 'server' ? index(node.type) : undefined
    const templates = spec?.definition['output_matchtypes']
    if (!spec || !Array.isArray(templates)) continue
    for (const [slot, template] of (templates as readonly unknown[]).entries()) {
      const type = typeof template === 'string' ? commonType(sourceTypes(node, spec, template, graph)) : undefined
      if (type !== undefined && type !== node.outputs[slot]?.type) taken.set(`${node.id} ${slot}`, type)
    }
  }
  if (taken.size === 0) return graph
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, withFitting(node, taken))
  return { nodes }
}

function withFitting(node: GraphNode, taken: ReadonlyMap<string, string>): GraphNode {
  const inputs = node.inputs.map((input): GraphInput => {
    const { source, type } = input
    if (source?.kind !== 'output' || source.border) return input
    const given = taken.get(`${source.node} ${source.slot}`)
    return given === undefined || typesMatch(given, type) ? input : { ...input, source: undefined }
  })
  return inputs.every((input, at) => input === node.inputs[at]) ? node : { ...node, inputs }
}

/** The types of what is linked to the inputs of a template; nothing where one of them is not known. */
function sourceTypes(node: GraphNode, spec: ClassSpec, template: string, graph: Graph): readonly string[] | undefined {
  const members = spec.inputs.filter(({ options }) => templateId(options) === template).map(({ name }) => name)
  const types: string[] = []
  for (const { name, source } of node.inputs) {
    if (!members.includes(name) || !source) continue
    if (source.kind !== 'output') return undefined
    const type = source.border ? source.type : graph.nodes.get(source.node)?.outputs[source.slot]?.type
    if (type === undefined) return undefined
    types.push(type)
  }
  return types
}

function templateId(options: ClassSpec['inputs'][number]['options']): unknown {
  return (options['template'] as { template_id?: unknown } | undefined)?.template_id
}

/** The types that all have in common, if that is less than any type. */
function commonType(types: readonly string[] | undefined): string | undefined {
  const lists = (types ?? []).filter((type) => type !== '*' && type !== '').map((type) => type.split(','))
  const [first, ...rest] = lists
  const common = first?.filter((type) => rest.every((list) => list.includes(type)))
  return common && common.length > 0 ? common.join(',') : undefined
}
