import { indexDefinitions, type ClassSpec } from '../../../src/prompt/definition-index.ts'
import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'
import { isPromptLink, type Prompt, type PromptNode } from '../../../src/prompt/prompt.ts'
import { typeName } from '../../../src/prompt/type-name.ts'
import { defaultValue } from '../../../src/prompt/widgets/default-value.ts'
import { hasControl } from '../../../src/prompt/widgets/seed-control.ts'
import type { Workflow } from '../../../src/workflow/document.ts'
import { drawInPlaces, type Placed, type Wire } from '../../prompt/support/draw-in-places.ts'

/** Draws a prompt as the canvas saves it. `placeOf` tells the subgraphs around a node, from the outside in. */
export function drawPrompt(
  prompt: Prompt,
  definitions: NodeDefinitions,
  placeOf: (id: string) => readonly string[] | undefined,
  version: 0.4 | 1,
): Workflow {
  const classOf = indexDefinitions(definitions)
  const placed = new Map(
    Object.entries(prompt).map(([id, node]): [string, Placed] => {
      return [id, { node: drawNode(node, classOf(node.class_type)!), place: placeOf(id) ?? [] }]
    }),
  )
  const wires = Object.entries(prompt).flatMap(([id, { inputs }]) =>
    Object.entries(inputs).flatMap(([name, value]): Wire[] => {
      if (!isPromptLink(value)) return []
      const to = placed.get(id)!
      const at = to.node.inputs!.findIndex((input) => input.name === name)
      return [{ from: placed.get(value[0])!, slot: value[1], to, at }]
    }),
  )
  return drawInPlaces([...placed.values()], wires, version)
}

function drawNode({ class_type, inputs }: PromptNode, { inputs: sockets, definition }: ClassSpec): Placed['node'] {
  const widgets = sockets.filter(({ kind }) => kind === 'widget')
  return {
    type: class_type,
    mode: 0,
    inputs: sockets.map(({ name, type, kind }) => ({
      name,
      type: drawnType(type),
      ...(kind === 'widget' ? { widget: { name } } : {}),
    })),
    outputs: (definition.output ?? []).map((type, slot) => ({
      name: definition.output_name?.[slot] ?? typeName(type),
      type: drawnType(type),
    })),
    widgets_values: widgets.flatMap((widget) => {
      const value = inputs[widget.name]
      const own = value === undefined || isPromptLink(value) ? defaultValue(widget) : value
      return hasControl(widget) ? [own, 'fixed'] : [own]
    }),
  }
}

/** Sockets that take the type of what they are linked to have none of their own. */
function drawnType(type: unknown): string {
  return typeName(type) === 'COMFY_MATCHTYPE_V3' ? '*' : typeName(type)
}
