import type { WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import { frontendSince } from '../frontend-version.ts'
import { typeName } from '../type-name.ts'
import { typesMatch } from '../types-match.ts'
import { readWidgets } from '../widgets/read-widgets.ts'
import type { InnerValues } from './host-values.ts'
import { mergeInputs } from './merge-inputs.ts'
import { isDynamic } from './opened-links.ts'
import type { Canvas } from './read-canvas.ts'

interface Target {
  readonly node: WorkflowNode
  readonly widget: string
  readonly value: unknown
}

/**
 * A subgraph's node of an old file may speak for a primitive inside. The page then takes the primitive out and lets an
 * input of the subgraph feed what it fed: all these widgets take the value of the subgraph's node or, where it holds
 * none, the value of the first of them. If one of them cannot take that type, the primitive stays what it was.
 */
export function promotedPrimitives(
  values: InnerValues,
  canvas: Canvas,
  index: DefinitionIndex,
  frontend: string | undefined,
): InnerValues {
  if (values.size === 0) return values
  const primitives = canvas.nodes.filter(
    ({ id, type }) => type === 'PrimitiveNode' && values.get(String(id))?.has('value'),
  )
  if (primitives.length === 0) return values
  const spread = new Map(values)
  for (const primitive of primitives) {
    const targets = targetsOf(primitive, canvas, index, frontend)
    if (!targets) {
      spread.delete(String(primitive.id))
      continue
    }
    const value = values.get(String(primitive.id))?.get('value') ?? targets[0]?.value
    for (const { node, widget } of targets) {
      spread.set(String(node.id), new Map(spread.get(String(node.id))).set(widget, value))
    }
    spread.set(String(primitive.id), new Map([['value', undefined]]))
  }
  return spread
}

function targetsOf(
  primitive: WorkflowNode,
  canvas: Canvas,
  index: DefinitionIndex,
  frontend: string | undefined,
): readonly Target[] | undefined {
  const [output] = primitive.outputs ?? []
  const targets: Target[] = []
  for (const link of output?.links ?? []) {
    const end = canvas.target(link)
    const node = end && canvas.node(end.node)
    const spec = node && index(node.type)
    if (!spec) continue
    const widgets = readWidgets(spec, node)
    const input = inputAt(node, end.slot, spec, frontend)
    const widget = widgets.find(({ name }) => name === input?.widget)
    if (!input || !widget || !typesMatch(typeName(output?.type), input.type)) return undefined
    targets.push({ node, widget: widget.name, value: widget.value })
  }
  return targets
}

/**
 * The socket that the page finds at a link's saved place. Older frontends look there after they have put the sockets
 * into the order of the class, which makes it another one, except on nodes whose sockets come and go.
 */
function inputAt(node: WorkflowNode, slot: number, spec: ClassSpec, frontend: string | undefined) {
  const merged = mergeInputs(node, spec, readWidgets(spec, node), frontend)
  if (!isDynamic(spec) && !frontendSince(frontend, 1, 58)) return merged[slot]
  const name = node.inputs?.[slot]?.name
  return merged.find((input) => input.name === name)
}
