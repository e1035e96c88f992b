import { unknownAddress } from '../ports/address.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { uniqueNodeIds } from '../prompt/passes/unique-node-ids.ts'
import { isPromptLink, type Prompt } from '../prompt/prompt.ts'
import { checkShape } from '../workflow/check-shape.ts'
import type { Workflow } from '../workflow/document.ts'
import { invalidWorkflow } from '../workflow/invalid-workflow.ts'
import { keepNodes } from './keep-nodes.ts'
import { packOnly, readPart } from './read-part.ts'
import { whatIsNeeded } from './what-is-needed.ts'

/** How a workflow is pruned. */
export interface PruneOptions {
  /** The answer of `/object_info`. Default: our own nodes, and the types that the drawing saved. */
  nodeDefinitions?: NodeDefinitions | undefined
  /** What the workflow is called in errors. */
  name?: string | undefined
}

/**
 * The smallest workflow that makes the value of one OUTPUT port: the port, all that it needs, and what passes values on
 * between them (reroutes, subgraphs, primitives, Get and Set nodes, bypassed nodes). Subgraphs are pruned inside; one
 * that different nodes need different parts of gets a copy. Groups without a node that stays are left out.
 *
 * It converts to the nodes that the port needs in the prompt of the whole, up to ids inside copied subgraphs.
 *
 * @throws {@link DiscomfortError} `ADDRESS_NOT_FOUND` with the ids of the OUTPUT ports that there are,
 * `WORKFLOW_INVALID` for a prompt
 * @example
 * const smaller = pruneToOutput(workflow, 'model')
 */
export function pruneToOutput(workflow: Workflow, uniqueId: string, options: PruneOptions = {}): Workflow {
  const name = options.name ?? 'the workflow'
  const source = checkShape(workflow)
  if (source.kind === 'prompt') {
    throw invalidWorkflow(`${name} is a prompt ("API format"), which has no drawing that could be pruned.`)
  }
  const { ports, compiled } = readPart(source.workflow, options.nodeDefinitions ?? packOnly, options.name)
  const port = ports.outputs.find((one) => one.uniqueId === uniqueId)
  if (!port) {
    const candidates = ports.outputs.map((one) => one.uniqueId)
    throw unknownAddress(uniqueId, candidates, 'output', name)
  }
  const drawn = uniqueNodeIds(source.workflow)
  return keepNodes(drawn, whatIsNeeded(drawn, upstream(compiled.prompt, port.node)))
}

function upstream(prompt: Prompt, last: string): ReadonlySet<string> {
  const needed = new Set([last])
  for (const id of needed) {
    for (const value of Object.values(prompt[id]?.inputs ?? {})) if (isPromptLink(value)) needed.add(value[0])
  }
  return needed
}
