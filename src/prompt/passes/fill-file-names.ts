import type { Graph, GraphNode } from '../graph.ts'
import { fileNameText } from '../widgets/file-name-text.ts'

/** The classes whose file name may hold `%…%`. Others with such an input send it as it is. */
const savingTypes: ReadonlySet<string> = new Set([
  'SaveImage',
  'SaveImageAdvanced',
  'SaveAnimatedWEBP',
  'SaveAnimatedPNG',
  'SaveSVGNode',
  'SaveWEBM',
  'SaveVideo',
  'SaveAudio',
  'SaveAudioMP3',
  'SaveAudioOpus',
  'SaveAudioAdvanced',
  'SaveGLB',
  'Save3DAdvanced',
  'SaveGaussianSplat',
  'SavePointCloud',
  'SaveLatent',
  'CLIPSave',
  'VAESave',
  'ModelSave',
  'LoraSave',
])
const inputName = 'filename_prefix'

/** Fills `%date:yyyy-MM-dd%` and `%Node.widget%` in the names of saved files, from the nodes of the whole workflow. */
export function fillFileNames(graph: Graph, now: () => Date): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, fill(node, graph, now))
  return { nodes }
}

function fill(node: GraphNode, graph: Graph, now: () => Date): GraphNode {
  if (!savingTypes.has(node.type)) return node
  const prefix = node.widgets.find(({ name }) => name === inputName)?.value
  if (typeof prefix !== 'string' || !prefix.includes('%')) return node
  const value = fileNameText(prefix, now(), (name, widget) => lookUp(graph, name, widget))
  return { ...node, widgets: node.widgets.map((widget) => (widget.name === inputName ? { ...widget, value } : widget)) }
}

/** Nodes go by their class name first, by their title second. */
function lookUp(graph: Graph, name: string, widgetName: string): { readonly value: unknown } | undefined {
  const nodes = [...graph.nodes.values()]
  const node =
    nodes.find(({ drawn }) => drawn.properties?.['Node name for S&R'] === name) ??
    nodes.find(({ title }) => title === name)
  return node?.widgets.find((widget) => widget.name === widgetName)
}
