import type { Graph, GraphNode, Widget } from '../graph.ts'
import type { ConversionWarning } from '../warning.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import type { CompileOptions } from '../compile-options.ts'
import { pickDynamicPrompt, stripComments } from '../widgets/dynamic-prompt.ts'

type Options = Pick<CompileOptions, 'dynamicPrompts' | 'random'>

/**
 * Does in prompts what the page does when it sends them: comments go, and of `{a|b}` one is picked, the latter only where
 * it is asked for. Only inputs whose definition asks for it are touched.
 */
export function resolveDynamicPrompts(
  graph: Graph,
  index: DefinitionIndex,
  options: Options,
  warn: (warning: ConversionWarning) => void,
): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, resolve(node, index, options, warn))
  return { nodes }
}

function resolve(
  node: GraphNode,
  index: DefinitionIndex,
  { dynamicPrompts, random = Math.random }: Options,
  warn: (warning: ConversionWarning) => void,
): GraphNode {
  const dynamic = node.role === 'server' ? index(node.type)?.dynamicPrompts : undefined
  if (!dynamic || dynamic.size === 0) return node
  let changed = false
  const widgets = node.widgets.map((widget): Widget => {
    if (!dynamic.has(widget.name) || typeof widget.value !== 'string') return widget
    const resolved = pickDynamicPrompt(widget.value, random)
    const isKept = resolved.picked && dynamicPrompts !== 'resolve'
    const text = isKept ? stripComments(widget.value) : resolved.text
    if (resolved.picked) {
      const what = isKept
        ? "they are kept as text (dynamicPrompts: 'resolve' picks)"
        : `this conversion picked: ${text}`
      warn({ node: node.id, title: node.title, message: `"${widget.name}" holds choices in braces; ${what}` })
    }
    if (text === widget.value) return widget
    changed = true
    return { ...widget, value: text }
  })
  return changed ? { ...node, widgets } : node
}
