import type { Workflow } from '../workflow/document.ts'
import { compileWorkflow } from './compile.ts'
import type { CompileOptions } from './compile-options.ts'
import type { NodeDefinitions } from './node-definitions.ts'
import type { Prompt } from './prompt.ts'
import type { ConversionWarning } from './warning.ts'

/**
 * Converts a workflow, as the ComfyUI canvas saves it, into the prompt that `POST /prompt` takes: the same nodes, inputs
 * and titles that ComfyUI's own page would send. Nothing is changed in place; integers of any size stay exact.
 *
 * `nodeDefinitions` is the answer of `/object_info`. By default node types that it lacks are an error; with
 * `missingNodes: 'keep'` they are written as the workflow has them. Muted and bypassed nodes, subgraphs, group nodes, reroutes,
 * primitives and Get/Set nodes are dissolved.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_NODES_MISSING` naming the types, the nodes that use them and their packs;
 * `WORKFLOW_CYCLE` if a subgraph contains itself.
 * @example
 * const { prompt, warnings } = workflowToPrompt(workflow, await connector.nodeDefinitions())
 */
export function workflowToPrompt(
  workflow: Workflow,
  nodeDefinitions: NodeDefinitions,
  options: CompileOptions = {},
): { prompt: Prompt; warnings: readonly ConversionWarning[] } {
  const { prompt, warnings } = compileWorkflow(workflow, nodeDefinitions, options)
  return { prompt, warnings }
}
