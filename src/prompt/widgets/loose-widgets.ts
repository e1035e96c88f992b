import type { WorkflowNode } from '../../workflow/document.ts'
import type { Widget } from '../graph.ts'

const controlWords: ReadonlySet<unknown> = new Set(['fixed', 'increment', 'decrement', 'randomize'])

/**
 * The values of a node whose class is unknown. Newer files list the sockets of widgets in the order of the values, so
 * the names come from there; what stays unnamed is not for a prompt.
 */
export function looseWidgets(node: WorkflowNode): readonly Widget[] {
  const saved: unknown = node.widgets_values
  if (!Array.isArray(saved)) {
    const named = typeof saved === 'object' && saved !== null ? Object.entries(saved) : []
    return named.map(([name, value]): Widget => ({ name, value: value as unknown }))
  }
  const names = (node.inputs ?? []).flatMap((input) => (input.widget ? [input.widget.name ?? input.name] : []))
  let position = 0
  return (saved as readonly unknown[]).map((value, at): Widget => {
    const afterSeed = (names[position - 1] ?? '').endsWith('seed') && controlWords.has(value)
    const name = afterSeed ? undefined : names[position]
    if (name === undefined) return { name: `${at}`, value, local: true }
    position += 1
    return { name, value }
  })
}
