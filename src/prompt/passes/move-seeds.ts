import type { CompileOptions } from '../compile-options.ts'
import type { Graph, GraphInput, GraphNode, Source, Widget } from '../graph.ts'
import type { InputSpec } from '../widgets/input-spec.ts'
import { nextSeed, type SeedStep } from '../widgets/next-seed.ts'
import { hasControl } from '../widgets/seed-control.ts'

/** A seed that was moved. */
export interface MovedSeed {
  /** The id in the prompt; that of the primitive where one holds the seed. */
  readonly node: string
  readonly title: string
  readonly input: string
  readonly value: unknown
}

type Options = Pick<CompileOptions, 'seeds' | 'queued' | 'random'>

/**
 * Gives seeds the value that they have in a later run: what their "control after generate" says (`advance`), or a new
 * one (`randomize`). A value that a subgraph's node holds moves by the control inside, once for all that it feeds; a
 * primitive by its own. What another node makes does not move.
 */
export function moveSeeds(graph: Graph, options: Options, note: (seed: MovedSeed) => void): Graph {
  const { seeds = 'keep', queued = 1, random = Math.random } = options
  if (seeds === 'keep' || (seeds === 'advance' && queued === 0)) return graph
  const moved = new Map<string, unknown>()
  const move = (holder: string, value: unknown, spec: InputSpec, control: unknown): unknown => {
    const step: SeedStep =
      seeds === 'advance'
        ? { control, runs: queued, random }
        : { control: 'randomize', runs: spec.choices ? 0 : 1, random }
    if (!moved.has(holder)) moved.set(holder, nextSeed(value, spec, step))
    return moved.get(holder)
  }

  const primitives = primitiveTargets(graph)
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) {
    const spec = primitives.get(id)
    nodes.set(id, spec ? movePrimitive(node, spec, seeds, move, note) : moveWidgets(node, graph, move, note))
  }
  return { nodes }
}

type Move = (holder: string, value: unknown, spec: InputSpec, control: unknown) => unknown

function moveWidgets(node: GraphNode, graph: Graph, move: Move, note: (seed: MovedSeed) => void): GraphNode {
  if (node.role !== 'server' || node.mode !== 'active') return node
  let { inputs, widgets } = node
  for (const [at, { name, value, spec }] of node.widgets.entries()) {
    if (!spec || !hasControl(spec)) continue
    const control = node.widgets[at + 1]?.value
    const input = inputs.find((candidate) => (candidate.widget ?? candidate.name) === name)
    const held = input?.source ? holderOf(input.source, graph) : { id: `${node.id} ${name}`, value }
    if (!held) continue
    const next = move(held.id, held.value, spec, control)
    if (next === held.value) continue
    note({ node: node.id, title: node.title, input: name, value: next })
    widgets = widgets.map((widget): Widget => (widget.name === name ? { ...widget, value: next } : widget))
    if (input?.source)
      inputs = inputs.map((one): GraphInput =>
        one === input ? { ...one, source: { kind: 'constant', value: next } } : one,
      )
  }
  return widgets === node.widgets ? node : { ...node, inputs, widgets }
}

/** Where the value of an input lies that comes from a widget around it, if none of it is made by a node. */
function holderOf(
  source: Source | undefined,
  graph: Graph,
): { readonly id: string; readonly value: unknown } | undefined {
  if (source?.kind === 'constant') {
    const [outermost] = source.hosts ?? []
    return outermost && { id: `${outermost.node} ${outermost.widget}`, value: source.value }
  }
  if (source?.kind !== 'widget') return undefined
  const widget = graph.nodes.get(source.node)?.widgets.find(({ name }) => name === source.widget)
  // The widget of a subgraph's node may itself stand for one further inside.
  if (widget?.from) return holderOf(widget.from, graph)
  return widget && { id: `${source.node} ${source.widget}`, value: widget.value }
}

/** The primitives, each with what the first widget that it feeds says about its values. */
function primitiveTargets(graph: Graph): ReadonlyMap<string, InputSpec> {
  const targets = new Map<string, InputSpec>()
  for (const node of graph.nodes.values()) {
    for (const { name, widget = name, source } of node.inputs) {
      if (source?.kind !== 'output' || targets.has(source.node)) continue
      if (graph.nodes.get(source.node)?.role !== 'primitive') continue
      const spec = node.widgets.find((candidate) => candidate.name === widget)?.spec
      if (spec) targets.set(source.node, spec)
    }
  }
  return targets
}

/** Any widget may hang on a primitive: only those that are seeds are drawn anew where all seeds are. */
function movePrimitive(
  node: GraphNode,
  spec: InputSpec,
  seeds: Options['seeds'],
  move: Move,
  note: (seed: MovedSeed) => void,
): GraphNode {
  const saved: unknown = node.drawn.widgets_values
  const control = Array.isArray(saved) ? (saved[1] as unknown) : undefined
  const [widget] = node.widgets
  if (!widget || node.mode !== 'active' || (seeds === 'randomize' && !hasControl(spec))) return node
  const value = move(`${node.id} value`, widget.value, spec, control)
  if (value === widget.value) return node
  note({ node: node.id, title: node.title, input: 'value', value })
  return { ...node, widgets: [{ ...widget, value }] }
}
