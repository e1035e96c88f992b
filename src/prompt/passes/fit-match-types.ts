import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import { frontendSince } from '../frontend-version.ts'
import type { Graph, GraphInput, GraphNode } from '../graph.ts'
import { typesMatch } from '../types-match.ts'

/**
 * Drops links that do not fit the type that an output takes from the inputs of its node (`COMFY_MATCHTYPE_V3`). The page
 * gives such outputs their types when it has opened a file, and looks at the links of those whose type changes. In older
 * frontends the inputs then ask for that type, too, which decides what a bypassed node in front of them hands on.
 */
export function fitMatchTypes(graph: Graph, index: DefinitionIndex, frontend: string | undefined): Graph {
  const taken = new Map<string, string>()
  const asked = new Map<string, string>()
  const asks = !frontendSince(frontend, 1, 58)
  for (const node of graph.nodes.values()) {
    const spec = node.role === 'server' ? index(node.type) : undefined
    const templates = spec?.definition['output_matchtypes']
    if (!spec || !Array.isArray(templates)) continue
    for (const [slot, template] of (templates as readonly unknown[]).entries()) {
      if (typeof template !== 'string') continue
      const members = membersOf(spec, template)
      const type = commonType(sourceTypes(node, members, graph))
      if (type === undefined) continue
      if (type !== node.outputs[slot]?.type) taken.set(`${node.id} ${slot}`, type)
      if (!asks) continue
      for (const { name, source } of node.inputs)
        if (members.includes(name) && source?.kind === 'output' && source.type === '*')
          asked.set(`${node.id} ${name}`, type)
    }
  }
  if (taken.size === 0 && asked.size === 0) return graph
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, withFitting(withAsked(node, asked), taken))
  return { nodes }
}

function withAsked(node: GraphNode, asked: ReadonlyMap<string, string>): GraphNode {
  const inputs = node.inputs.map((input): GraphInput => {
    const type = asked.get(`${node.id} ${input.name}`)
    return type === undefined || input.source?.kind !== 'output'
      ? input
      : { ...input, source: { ...input.source, type } }
  })
  return inputs.every((input, at) => input === node.inputs[at]) ? node : { ...node, inputs }
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
function sourceTypes(node: GraphNode, members: readonly string[], graph: Graph): readonly string[] | undefined {
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

function membersOf(spec: ClassSpec, template: string): readonly string[] {
  return spec.inputs.filter(({ options }) => templateId(options) === template).map(({ name }) => name)
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
