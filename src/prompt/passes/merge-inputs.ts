import type { NodeInput, WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import { typeName } from '../graph.ts'

/** An input socket with the link that ends at it. */
export interface LinkedInput {
  readonly name: string
  readonly type: string
  readonly widget: string | undefined
  readonly link: number | null
}

/**
 * The sockets of a node as the page has them after loading: first the plain sockets of its class, then those of
 * its widgets, then those that only the workflow knows. Saved files leave out sockets of older versions, so the saved order alone would be wrong.
 */
export function mergeInputs(node: WorkflowNode, spec: ClassSpec | undefined): readonly LinkedInput[] {
  const saved = node.inputs ?? []
  if (!spec) return saved.map(fromSaved)
  const byName = new Map(saved.map((input) => [input.name, input]))
  const merged: LinkedInput[] = []
  for (const { name, type } of spec.sockets) {
    merged.push({ name, type, widget: undefined, link: byName.get(name)?.link ?? null })
  }
  for (const { name, type } of spec.widgets) {
    merged.push({ name, type, widget: name, link: byName.get(name)?.link ?? null })
  }
  for (const input of saved) {
    const known = spec.byName.get(input.name)
    if (!known || known.kind === 'autogrow') merged.push(fromSaved(input))
  }
  return merged
}

function fromSaved(input: NodeInput): LinkedInput {
  return {
    name: input.name,
    type: typeName(input.type),
    widget: input.widget ? (input.widget.name ?? input.name) : undefined,
    link: input.link ?? null,
  }
}
