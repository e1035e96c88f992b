import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { unfoldGroups } from '../prompt/passes/unfold-groups.ts'
import { uniqueNodeIds } from '../prompt/passes/unique-node-ids.ts'
import { readWidgets } from '../prompt/widgets/read-widgets.ts'
import type { Workflow, WorkflowNode } from '../workflow/document.ts'
import { sameValue } from './same-value.ts'

/** Where a node of the prompt, or an input of it, lies in the JSON that it came from; undefined where that cannot be told. */
export type Locate = (node: string, input: string | undefined, value: unknown) => string | undefined

/** The places of a prompt. */
export const locateInPrompt: Locate = (node, input) => (input === undefined ? node : `${node}.inputs.${input}`)

interface Placed {
  readonly path: string
  readonly node: WorkflowNode
}

/** The places of a workflow. Ids inside subgraphs may be new ones, so they are given out again first. */
export function locateInWorkflow(workflow: Workflow, definitions: NodeDefinitions): Locate {
  const index = indexDefinitions(definitions)
  const subgraphs = workflow.definitions?.subgraphs?.length ?? 0
  let canvases: ReadonlyMap<string, ReadonlyMap<string, Placed>> | undefined
  return (id, input, value) => {
    canvases ??= readCanvases(
      unfoldGroups(uniqueNodeIds(workflow), index, undefined, () => undefined),
      subgraphs,
    )
    const placed = findNode(canvases, id)
    if (!placed || input === undefined) return placed?.path
    const { path, node } = placed
    const socket = (node.inputs ?? []).findIndex(({ name, link }) => name === input && typeof link === 'number')
    if (socket >= 0) return `${path}.inputs[${socket}]`
    const spec = index(node.type)
    const saved = spec && Array.isArray(node.widgets_values) ? (node.widgets_values as readonly unknown[]) : undefined
    if (!spec || !saved) return path
    const widgets = readWidgets(spec, node).filter((widget) => widget.spec?.saved !== false)
    const at = widgets.findIndex(({ name }) => name === input)
    return at >= 0 && at < saved.length && sameValue(saved[at], value) ? `${path}.widgets_values[${at}]` : path
  }
}

/** Nodes by canvas ('' is the main one, others by the id of their subgraph) and id. The first `drawn` subgraphs are in the file. */
function readCanvases(workflow: Workflow, drawn: number): ReadonlyMap<string, ReadonlyMap<string, Placed>> {
  const canvases = new Map([['', placedNodes(workflow.nodes, '')]])
  for (const [at, { id, name, nodes }] of (workflow.definitions?.subgraphs ?? []).entries()) {
    const path = at < drawn ? `definitions.subgraphs[${at}].` : `extra.groupNodes[${JSON.stringify(name)}].`
    canvases.set(`:${id}`, placedNodes(nodes ?? [], path))
  }
  return canvases
}

function placedNodes(nodes: readonly WorkflowNode[], path: string): ReadonlyMap<string, Placed> {
  return new Map(nodes.map((node, at) => [String(node.id), { path: `${path}nodes[${at}]`, node }]))
}

function findNode(canvases: ReadonlyMap<string, ReadonlyMap<string, Placed>>, id: string): Placed | undefined {
  let canvas = canvases.get('')
  let placed: Placed | undefined
  for (const part of id.split(':')) {
    placed = canvas?.get(part)
    canvas = placed && canvases.get(`:${placed.node.type}`)
  }
  return placed
}
