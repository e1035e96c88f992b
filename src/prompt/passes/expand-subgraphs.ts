import { DiscomfortError } from '../../errors.ts'
import type { NodeOutput, SubgraphDefinition, Workflow, WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import { typeName, type Graph, type GraphInput, type GraphNode, type GraphOutput, type Source } from '../graph.ts'
import { nodeRole } from '../node-role.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import { readCanvas, type Canvas } from './read-canvas.ts'
import { mergeInputs } from './merge-inputs.ts'
import { hostInputs } from './host-inputs.ts'

/** Subgraphs deeper than this only come from damaged files. */
const maxDepth = 64

/** What a slot on the inner side of a subgraph's border gives. */
type Border = (slot: number) => Source | undefined

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
      if (!subgraph || node.mode !== 'active') continue
      add(canvasOf(subgraph), `${node.id}:`, depth + 1, (slot) => {
        const input = node.inputs[slot]
        return input?.source ?? hostConstant(node, input)
      })
    }
  }
  add(readCanvas(workflow), '', 0, () => undefined)
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
  const inputs = mergeInputs(drawn, spec).map(({ link, ...input }): GraphInput => ({
    ...input,
    source: sourceOf(link, input.type, scope, canvas, border),
  }))
  return {
    ...common(drawn, scope, spec),
    role: nodeRole(drawn.type, spec !== undefined),
    definition: spec?.definition,
    inputs,
    outputs: (drawn.outputs ?? []).map((output: NodeOutput): GraphOutput => ({
      type: typeName(output.type),
      source: undefined,
    })),
    widgets: spec ? readWidgets(spec, drawn) : looseWidgets(drawn),
  }
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
  const { inputs, widgets } = hostInputs(drawn, subgraph, inner)
  const linked = inputs.map(({ link, ...input }): GraphInput => ({
    ...input,
    source: sourceOf(link, input.type, scope, canvas, border),
  }))
  const node: GraphNode = {
    ...common(drawn, scope, undefined),
    role: 'subgraph',
    definition: undefined,
    inputs: linked,
    outputs: [],
    widgets,
  }
  const outputs = (subgraph.outputs ?? []).map((output, slot): GraphOutput => {
    const type = typeName((output as { type?: unknown }).type)
    const source = sourceOf(
      inner.intoOutput(slot),
      type,
      `${id}:`,
      inner,
      (at) => linked[at]?.source ?? hostConstant(node, linked[at]),
    )
    return { type, source }
  })
  return { ...node, outputs }
}

/** What the widget of an unlinked socket on a subgraph's node holds. */
function hostConstant(host: GraphNode, input: GraphInput | undefined): Source | undefined {
  const widget = input && host.widgets.find((candidate) => candidate.name === input.name)
  return widget && widget.value !== undefined ? { kind: 'constant', value: widget.value } : undefined
}

function sourceOf(
  link: number | null,
  type: string,
  scope: string,
  canvas: Canvas,
  border: Border,
): Source | undefined {
  if (link === null) return undefined
  const origin = canvas.origin(link)
  if (!origin) return undefined
  if (origin.border) return border(origin.slot)
  return { kind: 'output', node: `${scope}${origin.node}`, slot: origin.slot, type }
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
