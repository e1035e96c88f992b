import type { Graph, GraphInput, GraphNode } from '../graph.ts'
import type { Prompt, PromptNode } from '../prompt.ts'

/** A prompt, and the values that linked widgets hold themselves: node id → input → value. */
export interface Emitted {
  readonly prompt: Prompt
  readonly drawn: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Writes the nodes that are left as a prompt. A link to a node that is not in it is left out, its widget's value with it. */
export function emitPrompt(graph: Graph): Emitted {
  // Maps until the end: assigning to a record would let a key such as `__proto__` reach the prototype of all objects.
  const prompt = new Map<string, PromptNode>()
  const drawn = new Map<string, Readonly<Record<string, unknown>>>()
  for (const node of graph.nodes.values()) {
    const held = heldValues(node)
    if (held.size > 0) drawn.set(node.id, Object.fromEntries(held))
    const inputs = Object.fromEntries(inputsOf(node, graph))
    prompt.set(node.id, { inputs, class_type: node.type, _meta: { title: node.title } })
  }
  return { prompt: Object.fromEntries(prompt), drawn: Object.fromEntries(drawn) }
}

function inputsOf(node: GraphNode, graph: Graph): ReadonlyMap<string, unknown> {
  const inputs = new Map<string, unknown>()
  for (const { name, value, local } of node.widgets) if (!local && value !== undefined) inputs.set(name, wrap(value))
  for (const { name, source } of node.inputs) {
    if (source?.kind === 'output') {
      if (graph.nodes.has(source.node)) inputs.set(name, [source.node, source.slot])
      else inputs.delete(name)
    } else if (source?.kind === 'constant' && source.value !== undefined) inputs.set(name, wrap(source.value))
  }
  return inputs
}

function heldValues(node: GraphNode): ReadonlyMap<string, unknown> {
  const held = new Map<string, unknown>()
  for (const input of node.inputs) {
    const value = input.source?.kind === 'output' ? heldValue(input, node) : undefined
    if (value !== undefined) held.set(input.name, value)
  }
  return held
}

/** A widget on the node of the subgraph around counts before the one inside. */
function heldValue({ name, widget, held }: GraphInput, node: GraphNode): unknown {
  if (held?.kind === 'constant') return held.value
  return node.widgets.find((candidate) => candidate.name === (widget ?? name))?.value
}

/** A list would be read as a link by the server, so it is sent in a wrapper. */
function wrap(value: unknown): unknown {
  return Array.isArray(value) ? { __value__: value } : value
}
