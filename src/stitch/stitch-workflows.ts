import { findPorts } from '../ports/find-ports.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { checkShape } from '../workflow/check-shape.ts'
import type { Workflow } from '../workflow/document.ts'
import { invalidWorkflow } from '../workflow/invalid-workflow.ts'
import { describePorts, type DiscoveredPorts } from './discover-ports.ts'
import { dropIdle } from './drop-idle.ts'
import { freeIds } from './free-ids.ts'
import { joinCanvases, type PortRemoval } from './join-canvases.ts'
import { draftPart, type Drawing } from './part-draft.ts'
import { planJoints, type Part } from './plan-joints.ts'
import { packOnly, readPart } from './read-part.ts'
import { writeDrawing } from './write-drawing.ts'

/** How workflows are stitched. */
export interface StitchOptions {
  /**
   * INPUT ports: `false` (the default) keeps them, and those that get a value become PASSTHRU; `'joined'` puts links in
   * their place and makes one of those of an id that stay open; `true` takes the open ones away as well.
   */
  deleteInputPorts?: boolean | 'joined' | undefined
  /** OUTPUT ports: `false` (the default) keeps the last of each id; `'joined'` takes those away that others take from; `true` all. */
  deleteOutputPorts?: boolean | 'joined' | undefined
  /** What the workflows are called in labels and errors. Default: `Workflow 1`, `Workflow 2` … */
  names?: readonly string[] | undefined
  /** The answer of `/object_info`. Default: our own nodes, and the types that the drawings saved. */
  nodeDefinitions?: NodeDefinitions | undefined
}

/** Several workflows as one, with its ports. */
export interface Stitched extends DiscoveredPorts {
  /** As the canvas saves it (version 0.4). */
  readonly workflow: Workflow
}

/**
 * Puts workflows together into one that opens in ComfyUI's canvas: side by side, each in a group with its name. What an
 * OUTPUT port gives, the INPUT ports of its `unique_id` in the workflows behind it take, from the last one before them.
 * Ports inside subgraphs are led over the borders. Nodes, links, reroutes, groups, subgraphs and the channels of Get and
 * Set nodes get ids and names that are free; the workflows that are given stay as they are.
 *
 * The result converts to what `run` with `stitch: true` sends. A port that stays as PASSTHRU although its id means
 * several places loses its id.
 *
 * @throws {@link DiscomfortError} `PORT_TYPE_MISMATCH` naming both ends, `WORKFLOW_CYCLE` naming both ends,
 * `PORT_DUPLICATE`, `WORKFLOW_INVALID` for a prompt (it has no drawing)
 * @example
 * const { workflow, inputs, outputs } = stitchWorkflows([load, sample, decode], { names: ['load', 'sample', 'decode'] })
 */
export function stitchWorkflows(workflows: readonly Workflow[], options: StitchOptions = {}): Stitched {
  if (workflows.length === 0) throw invalidWorkflow('There is nothing to stitch: the list of workflows is empty.')
  const definitions = options.nodeDefinitions ?? packOnly
  const drawing: Drawing = {
    free: freeIds(),
    shelf: { drafts: new Map(), shareable: new Map() },
    channels: new Set(),
    fileNames: new Set(),
    groupNodes: new Map(),
  }
  const parts = workflows.map((given, at): Part => {
    const label = options.names?.[at] ?? `Workflow ${at + 1}`
    const read = readPart(drawnWorkflow(given, label), definitions, label, `${at + 1}/`)
    return { read, draft: draftPart(given, label, drawing) }
  })
  const removal: { readonly inputs: PortRemoval; readonly outputs: PortRemoval } = {
    inputs: options.deleteInputPorts ?? false,
    outputs: options.deleteOutputPorts ?? false,
  }
  const joined = dropIdle(parts, joinCanvases(parts, planJoints(parts), removal, drawing), drawing)
  const classes: NodeDefinitions = Object.assign({}, definitions, ...parts.map(({ read }) => read.definitions))
  const ports = findPorts(joined, classes, parts.map(({ draft }) => draft.label).join(' + '))
  const nameOf = (node: string): string =>
    `"${joined.prompt[node]?._meta?.title}" (node ${node} of the result, from ${joined.parts.get(node)?.draft.label})`
  return { workflow: writeDrawing(parts, drawing), ...describePorts(ports, joined.prompt, nameOf) }
}

function drawnWorkflow(given: Workflow, label: string): Workflow {
  const source = checkShape(given)
  if (source.kind === 'workflow') return source.workflow
  throw invalidWorkflow(
    `${label} is a prompt ("API format"), which has no drawing that could be stitched. Save the workflow itself from ComfyUI, or run the list with \`stitch: true\`.`,
  )
}
