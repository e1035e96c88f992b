import type { Graph, GraphNode } from '../graph.ts'
import type { Prompt, PromptNode } from '../prompt.ts'

/** A prompt, and the values that linked widgets hold themselves: node id → input → value. */
export interface Emitted {
  readonly prompt: Prompt
  readonly drawn: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Writes the nodes that are left as a prompt. A link to a node that is not in it is left out, its widget's value with it. */
export function emitPrompt(graph: Graph): Emitted {
  const prompt: Record<string, PromptNode> = {}
  const drawn: Record<string, Record<string, unknown>> = {}
  for (const node of graph.nodes.values()) {
    const inputs: Record<string, unknown> = {}
    for (const { name, value, local } of node.widgets) if (!local && value !== undefined) set(inputs, name, wrap(value))
    for (const { name, widget, source, held } of node.inputs) {
      if (!source || source.kind === 'widget') continue
      if (source.kind === 'constant') {
        if (source.value !== undefined) set(inputs, name, wrap(source.value))
        continue
      }
      const own = node.widgets.find((candidate) => candidate.name === (widget ?? name))
      const value = held?.kind === 'constant' ? held.value : own?.value
      if (value !== undefined) set((drawn[node.id] ??= {}), name, value)
      if (graph.nodes.has(source.node)) set(inputs, name, [source.node, source.slot])
      else delete inputs[name]
    }
    set(prompt, node.id, promptNode(node, inputs))
  }
  return { prompt, drawn }
}

function promptNode(node: GraphNode, inputs: Record<string, unknown>): PromptNode {
  return { inputs, class_type: node.type, _meta: { title: node.title } }
}

/** A list would be read as a link by the server, so it is sent in a wrapper. */
function wrap(value: unknown): unknown {
  return Array.isArray(value) ? { __value__: value } : value
}

/** Plain assignment would write to the prototype for a key such as `__proto__`. */
function set<Value>(record: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
  else record[key] = value
}
