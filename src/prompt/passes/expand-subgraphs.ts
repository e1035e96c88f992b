import { DiscomfortError } from '../../errors.ts'
import type { SubgraphDefinition, Workflow, WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import {
  typeName,
  type Graph,
  type GraphInput,
  type GraphNode,
  type GraphOutput,
  type Source,
  type Widget,
} from '../graph.ts'
import { nodeRole } from '../node-role.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import { readCanvas, type Canvas } from './read-canvas.ts'
import { mergeInputs } from './merge-inputs.ts'
import { hostInputs } from './host-inputs.ts'

/** Subgraphs deeper than this only come from damaged files. */
const maxDepth = 64

/** What a slot on the inner side of a subgraph's border gives, and what it would give without a link. */
type Border = (slot: number) => Pick<GraphInput, 'source' | 'held'>

/** Lays a workflow flat: the nodes inside subgraphs get ids `outer:inner`, links across borders become direct ones. */
export function expandSubgraphs(workflow: Workflow, index: DefinitionIndex): Graph {
  const nodes = new Map<string, GraphNode>()
  const subgraphs = new Map<string, SubgraphDefinition>()
  for (const subgraph of workflow.definitions?.subgraphs ?? []) subgraphs.set(subgraph.id, subgraph)

  const canvases = new Map<SubgraphDefinition, Canvas>()
  const canvasOf = (subgraph: SubgraphDefinition): Canvas => {
    const canvas = canvases.get(subgraph) ?? readCanvas(subgraph)
    canvases.set(subgraph, canvas)
    return canvas
  }

  const add = (canvas: Canvas, scope: string, depth: number, border: Border): void => {
    if (depth > maxDepth) throw tooDeep(scope)
    for (const drawn of canvas.nodes) {
      const subgraph = subgraphs.get(drawn.type)
      const node = subgraph
        ? hostNode(drawn, scope, canvas, border, subgraph, canvasOf(subgraph))
        : plainNode(drawn, scope, canvas, border, index)
      nodes.set(node.id, node)
      // The page leaves out what is inside a muted or bypassed subgraph only where that lies on the main canvas.
      if (!subgraph || (depth === 0 && node.mode !== 'active')) continue
      add(canvasOf(subgraph), `${node.id}:`, depth + 1, borderOf(node.inputs, node.widgets))
    }
  }
  add(readCanvas(workflow), '', 0, () => ({ source: undefined }))
  return { nodes }
}

function plainNode(
  drawn: WorkflowNode,
  scope: string,
  canvas: Canvas,
  border: Border,
  index: DefinitionIndex,
): GraphNode {
  const spec = index(drawn.type)
  const widgets = spec ? readWidgets(spec, drawn) : looseWidgets(drawn)
  const inputs = mergeInputs(drawn, spec, widgets).map(({ link, ...input }): GraphInput => ({
    ...input,
    ...feed(link, input.type, scope, canvas, border),
  }))
  return {
    ...common(drawn, scope, spec),
    role: nodeRole(drawn.type, spec !== undefined),
    definition: spec?.definition,
    inputs,
    outputs: outputsOf(drawn, spec),
    widgets,
  }
}

/** A class knows its outputs better than an old file does, except for those that take the type of what they match. */
function outputsOf(drawn: WorkflowNode, spec: ClassSpec | undefined): readonly GraphOutput[] {
  const saved = drawn.outputs ?? []
  const defined = spec?.definition.output ?? []
  return Array.from({ length: Math.max(saved.length, defined.length) }, (_, slot): GraphOutput => {
    const type = defined[slot] === undefined ? '' : typeName(defined[slot])
    return {
      type: type === '' || type === 'COMFY_MATCHTYPE_V3' ? typeName(saved[slot]?.type) : type,
      source: undefined,
    }
  })
}

function hostNode(
  drawn: WorkflowNode,
  scope: string,
  canvas: Canvas,
  border: Border,
  subgraph: SubgraphDefinition,
  inner: Canvas,
): GraphNode {
  const id = `${scope}${drawn.id}`
  const { inputs, widgets } = hostInputs(drawn, id, subgraph, inner)
  const linked = inputs.map(({ link, ...input }): GraphInput => ({
    ...input,
    ...feed(link, input.type, scope, canvas, border),
  }))
  const innerBorder = borderOf(linked, widgets)
  const outputs = (subgraph.outputs ?? []).map((output, slot): GraphOutput => {
    const type = typeName((output as { type?: unknown }).type)
    return { type, source: feed(inner.intoOutput(slot), type, `${id}:`, inner, innerBorder).source }
  })
  return {
    ...common(drawn, scope, undefined),
    role: 'subgraph',
    definition: undefined,
    inputs: linked,
    outputs,
    widgets,
  }
}

/** The inner side of a subgraph's inputs: a link from outside, else what the widget on the subgraph's node holds. */
function borderOf(inputs: readonly GraphInput[], widgets: readonly Widget[]): Border {
  return (slot) => {
    const input = inputs[slot]
    const widget = input && widgets.find((candidate) => candidate.name === input.name)
    const own: Source | undefined = widget && (widget.from ?? { kind: 'constant', value: widget.value })
    const held = input?.held ?? own
    return input?.source ? { source: input.source, held } : { source: own }
  }
}

function feed(
  link: number | null,
  type: string,
  scope: string,
  canvas: Canvas,
  border: Border,
): Pick<GraphInput, 'source' | 'held'> {
  const origin = link === null ? undefined : canvas.origin(link)
  if (!origin) return { source: undefined }
  if (origin.border) return border(origin.slot)
  return { source: { kind: 'output', node: `${scope}${origin.node}`, slot: origin.slot, type } }
}

function common(drawn: WorkflowNode, scope: string, spec: ClassSpec | undefined) {
  return {
    id: `${scope}${drawn.id}`,
    scope,
    type: drawn.type,
    title: drawn.title || spec?.title || drawn.type,
    mode: drawn.mode === 2 ? 'muted' : drawn.mode === 4 ? 'bypassed' : 'active',
    drawn,
  } as const
}

function looseWidgets(drawn: WorkflowNode) {
  const values = Array.isArray(drawn.widgets_values) ? (drawn.widgets_values as readonly unknown[]) : []
  return values.map((value, position) => ({ name: String(position), value }))
}

function tooDeep(scope: string): DiscomfortError<'WORKFLOW_CYCLE'> {
  const ids = scope.split(':').slice(0, 8)
  return new DiscomfortError(
    'WORKFLOW_CYCLE',
    `The subgraph at node ${ids[0]} contains itself (deeper than ${maxDepth} levels). Take the inner copy out and save the workflow again.`,
    { details: { nodes: ids } },
  )
}
