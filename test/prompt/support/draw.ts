import type { LinkTuple, SubgraphDefinition, Workflow, WorkflowNode } from '../../../src/workflow/document.ts'

interface Drawn {
  in?: Record<string, number | null>
  /** Names of inputs that belong to widgets. */
  widgets?: readonly string[]
  out?: readonly string[]
  values?: WorkflowNode['widgets_values']
  mode?: number
  title?: string
  properties?: Record<string, unknown>
}

/** Draws a node: `in` maps input names to link ids. */
export function node(id: number, type: string, drawn: Drawn = {}): WorkflowNode {
  return {
    id,
    type,
    inputs: Object.entries(drawn.in ?? {}).map(([name, link]) => ({
      name,
      type: '*',
      link,
      ...(drawn.widgets?.includes(name) ? { widget: { name } } : {}),
    })),
    outputs: (drawn.out ?? []).map((kind) => ({ name: kind, type: kind })),
    widgets_values: drawn.values ?? [],
    properties: drawn.properties ?? {},
    ...(drawn.mode === undefined ? {} : { mode: drawn.mode }),
    ...(drawn.title === undefined ? {} : { title: drawn.title }),
  }
}

type Link = readonly [id: number, from: number, slot: number, to: number, slot: number]

/** Draws a canvas workflow of version 0.4. */
export function workflow(
  nodes: readonly WorkflowNode[],
  links: readonly Link[],
  subgraphs: readonly SubgraphDefinition[] = [],
): Workflow {
  const tuples = links.map((link): LinkTuple => [...link, '*'])
  const ids = nodes.map(({ id }) => Number(id))
  return { version: 0.4, last_node_id: Math.max(0, ...ids), nodes, links: tuples, definitions: { subgraphs } }
}

/** Draws a subgraph. Links from -10 come in over its border, links to -20 go out. */
export function subgraph(
  id: string,
  nodes: readonly WorkflowNode[],
  links: readonly Link[],
  border: { in?: Record<string, readonly number[]>; out?: readonly string[] } = {},
): SubgraphDefinition {
  return {
    id,
    name: id,
    nodes,
    links: links.map(([link, origin_id, origin_slot, target_id, target_slot]) => ({
      id: link,
      origin_id,
      origin_slot,
      target_id,
      target_slot,
      type: '*',
    })),
    inputs: Object.entries(border.in ?? {}).map(([name, linkIds]) => ({ name, type: '*', linkIds })),
    outputs: (border.out ?? []).map((name) => ({ name, type: name })),
  }
}
