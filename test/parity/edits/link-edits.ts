import type { Edit } from './editor.ts'

/** Edits of links, and the nodes that sit on them. */
export const linkEdits = {
  unlink: (graph, { pick }) => {
    const links = [...graph.links.values()].filter(({ target_id }) => graph.getNodeById(target_id))
    if (links.length === 0) return undefined
    const { target_id, target_slot } = pick(links)
    graph.getNodeById(target_id)?.disconnectInput(target_slot)
    return `unlink ${target_id}[${target_slot}]`
  },

  reconnect: (graph, { pick }) => {
    const inputs = graph.nodes.flatMap((node) => (node.inputs ?? []).map((input, slot) => ({ node, input, slot })))
    if (inputs.length === 0) return undefined
    const { node, input, slot } = pick(inputs)
    const outputs = graph.nodes.flatMap((from) =>
      (from.outputs ?? []).flatMap(({ type }, at) =>
        from !== node && (type === input.type || type === '*' || input.type === '*') ? [{ from, at }] : [],
      ),
    )
    if (outputs.length === 0) return undefined
    const { from, at } = pick(outputs)
    from.connect(at, node, slot)
    return `connect ${from.id}[${at}] ${node.id}.${input.name}`
  },

  rerouteNode: (graph, { pick, random, createNode }) => {
    const links = [...graph.links.values()].filter(
      (link) => graph.getNodeById(link.origin_id) && graph.getNodeById(link.target_id),
    )
    if (links.length === 0) return undefined
    const { origin_id, origin_slot, target_id, target_slot } = pick(links)
    const source = graph.getNodeById(origin_id)
    const target = graph.getNodeById(target_id)
    if (!source || !target) return undefined
    let last = source
    let slot = origin_slot
    for (let length = random() < 0.3 ? 2 : 1; length > 0; length -= 1) {
      const reroute = createNode('Reroute')
      graph.add(reroute)
      last.connect(slot, reroute, 0)
      last = reroute
      slot = 0
    }
    last.connect(slot, target, target_slot)
    return `reroute node ${last.id} into ${target_id}[${target_slot}]`
  },

  reroutePoint: (graph, { pick }) => {
    const links = [...graph.links.values()]
    if (links.length === 0) return undefined
    const link = pick(links)
    graph.createReroute([10, 20], link)
    return `reroute point on ${link.id}`
  },

  primitive: (graph, { pick, random, createNode }) => {
    const slots = graph.nodes.flatMap((node) =>
      (node.inputs ?? []).flatMap((input, slot) =>
        input.widget && typeof input.link !== 'number' ? [{ node, input, slot }] : [],
      ),
    )
    if (slots.length === 0) return undefined
    const { node, input, slot } = pick(slots)
    const primitive = createNode('PrimitiveNode')
    graph.add(primitive)
    primitive.connect(0, node, slot)
    const [widget] = primitive.widgets ?? []
    if (widget && typeof widget.value === 'number' && random() < 0.7) widget.value = Math.floor(random() * 50)
    return `primitive ${primitive.id} into ${node.id} ${node.type}.${input.name}: ${JSON.stringify(widget?.value)}`
  },

  sharePrimitive: (graph, { pick }) => {
    const primitives = graph.nodes.filter(({ type }) => type === 'PrimitiveNode')
    const slots = graph.nodes.flatMap((node) =>
      (node.inputs ?? []).flatMap((input, slot) => (input.widget ? [{ node, input, slot }] : [])),
    )
    if (primitives.length === 0 || slots.length === 0) return undefined
    const primitive = pick(primitives)
    const { node, input, slot } = pick(slots)
    const made = primitive.connect(0, node, slot)
    return made ? `primitive ${primitive.id} also into ${node.id}.${input.name}` : undefined
  },
} as const satisfies Readonly<Record<string, Edit>>
