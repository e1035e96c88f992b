import type { Edit } from './editor.ts'

/** Edits that make subgraphs, and those of the nodes that stand for them. */
export const subgraphEdits = {
  toSubgraph: (graph, { pick, random }) => {
    const nodes = new Set(Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(graph.nodes)))
    const { node } = graph.convertToSubgraph(nodes)
    return `subgraph ${node.id} of ${[...nodes].map(({ id }) => id).join(', ')}`
  },

  nestSubgraph: (graph, { pick }) => {
    const hosts = graph.nodes.filter(({ subgraph }) => subgraph)
    if (hosts.length === 0) return undefined
    const host = pick(hosts)
    const { node } = graph.convertToSubgraph(new Set([host, pick(graph.nodes)]))
    return `subgraph ${node.id} around subgraph ${host.id}`
  },

  promoteWidget: (graph, { pick, random }) => {
    const hosts = graph.nodes.filter(({ subgraph }) => subgraph)
    if (hosts.length === 0) return undefined
    const host = pick(hosts)
    const { subgraph } = host
    const inputs = (subgraph?.nodes ?? []).flatMap((node) =>
      (node.inputs ?? []).flatMap((input) => (input.widget && typeof input.link !== 'number' ? [{ node, input }] : [])),
    )
    if (!subgraph || inputs.length === 0) return undefined
    const { node, input } = pick(inputs)
    const joined = random() < 0.2 ? subgraph.inputs.find(({ name }) => name.startsWith(input.name)) : undefined
    const socket = joined ?? subgraph.addInput(`${input.name}${subgraph.inputs.length}`, String(input.type))
    socket.connect(input, node)
    return `promote ${node.id}.${input.name} to ${host.id} as ${socket.name}`
  },

  changeOutside: (graph, { pick, random }) => {
    const widgets = graph.nodes.flatMap((node) =>
      (node.subgraph ? (node.widgets ?? []) : []).map((widget) => ({ node, widget })),
    )
    if (widgets.length === 0) return undefined
    const { node, widget } = pick(widgets)
    const choices = widget.options?.values
    if (typeof widget.value === 'number') widget.value = Math.floor(random() * 90)
    else if (typeof widget.value === 'boolean') widget.value = !widget.value
    else if (Array.isArray(choices) && choices.length > 0) widget.value = pick(choices as unknown[])
    else if (typeof widget.value === 'string') widget.value = pick(['outside', '', 'x {a|b} y // z'])
    else return undefined
    widget.callback?.(widget.value, undefined, node)
    return `set outside ${node.id}.${widget.name} = ${JSON.stringify(widget.value)}`
  },

  quietHost: (graph, { pick }) => {
    const hosts = graph.nodes.filter(({ subgraph }) => subgraph)
    if (hosts.length === 0) return undefined
    const host = pick(hosts)
    host.mode = pick([2, 4, 4])
    return `mode of subgraph ${host.id} = ${host.mode}`
  },

  unpack: (graph, { pick }) => {
    const hosts = graph.nodes.filter(({ subgraph }) => subgraph)
    if (hosts.length === 0) return undefined
    const host = pick(hosts)
    graph.unpackSubgraph(host)
    return `unpack ${host.id}`
  },
} as const satisfies Readonly<Record<string, Edit>>
