import type { Graph, GraphNode, Widget } from '../graph.ts'
import type { ConversionWarning } from '../warning.ts'
import type { DefinitionIndex } from '../definition-index.ts'
import { pickDynamicPrompt } from '../widgets/dynamic-prompt.ts'

/**
 * Does in prompts what the page does when it sends them: comments go, and of `{a|b}` one is picked. Only inputs whose
 * definition asks for it are touched.
 */
export function resolveDynamicPrompts(
  graph: Graph,
  index: DefinitionIndex,
  random: (() => number) | undefined,
  warn: (warning: ConversionWarning) => void,
): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, node] of graph.nodes) nodes.set(id, resolve(node, index, random ?? Math.random, warn))
  return { nodes }
}

function resolve(
  node: GraphNode,
  index: DefinitionIndex,
  random: () => number,
  warn: (warning: ConversionWarning) => void,
): GraphNode {
  const dynamic = node.role === 'server' ? index(node.type)?.dynamicPrompts : undefined
  if (!dynamic || dynamic.size === 0) return node
  let changed = false
  const widgets = node.widgets.map((widget): Widget => {
    if (!dynamic.has(widget.name) || typeof widget.value !== 'string') return widget
    const { text, picked } = pickDynamicPrompt(widget.value, random)
    if (text === widget.value) return widget
    changed = true
    if (picked) {
      const message = `"${widget.name}" holds choices in braces; this conversion picked: ${text}`
      warn({ node: node.id, title: node.title, message })
    }
    return { ...widget, value: text }
  })
  return changed ? { ...node, widgets } : node
}
