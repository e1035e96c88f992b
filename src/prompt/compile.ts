import type { Workflow } from '../workflow/document.ts'
import { indexDefinitions } from './definition-index.ts'
import type { Graph } from './graph.ts'
import type { NodeDefinitions } from './node-definitions.ts'
import { applyPrimitives } from './passes/apply-primitives.ts'
import { checkMissing } from './passes/check-missing.ts'
import { dropMuted } from './passes/drop-muted.ts'
import { emitPrompt } from './passes/emit-prompt.ts'
import { expandSubgraphs } from './passes/expand-subgraphs.ts'
import { joinBypassed } from './passes/join-bypassed.ts'
import { readPromoted } from './passes/read-promoted.ts'
import { resolveSubgraphOutputs } from './passes/resolve-subgraph-outputs.ts'
import { resolveVirtual } from './passes/resolve-virtual.ts'
import { uniqueNodeIds } from './passes/unique-node-ids.ts'
import type { Prompt } from './prompt.ts'

/** How a workflow is converted. */
export interface CompileOptions {
  /** Node types that the server lacks: refuse (`error`, the default) or write them as they are (`keep`). */
  missingNodes?: 'error' | 'keep' | undefined
  /** Where the workflow came from, for error messages. */
  source?: string | undefined
}

/** Something about the conversion that the prompt alone does not tell. */
export interface ConversionWarning {
  readonly node: string
  readonly title: string
  readonly message: string
}

/** A prompt with what was noticed on the way. */
export interface Compiled {
  readonly prompt: Prompt
  readonly warnings: readonly ConversionWarning[]
  /** The value that a linked widget holds itself: node id → input name → value. */
  readonly drawn: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Converts a workflow. Reads top to bottom; each pass is one file and takes away one thing that a prompt does not know. */
export function compileWorkflow(
  workflow: Workflow,
  nodeDefinitions: NodeDefinitions,
  options: CompileOptions = {},
): Compiled {
  const warnings: ConversionWarning[] = []
  const passes = [readPromoted, dropMuted, resolveSubgraphOutputs, applyPrimitives, resolveVirtual, joinBypassed]
  const flat = expandSubgraphs(uniqueNodeIds(workflow), indexDefinitions(nodeDefinitions))
  const graph = passes.reduce<Graph>((current, pass) => pass(current), flat)
  checkMissing(graph, options)
  return { ...emitPrompt(graph), warnings }
}
