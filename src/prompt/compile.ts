import type { Workflow } from '../workflow/document.ts'
import { indexDefinitions } from './definition-index.ts'
import type { Pass } from './graph.ts'
import type { NodeDefinitions } from './node-definitions.ts'
import { applyPrimitives } from './passes/apply-primitives.ts'
import { checkMissing } from './passes/check-missing.ts'
import { dropMuted } from './passes/drop-muted.ts'
import { emitPrompt } from './passes/emit-prompt.ts'
import { expandSubgraphs } from './passes/expand-subgraphs.ts'
import { fillFileNames } from './passes/fill-file-names.ts'
import { joinBypassed } from './passes/join-bypassed.ts'
import { readPromoted } from './passes/read-promoted.ts'
import { resolveDynamicPrompts } from './passes/resolve-dynamic-prompts.ts'
import { resolveSubgraphOutputs } from './passes/resolve-subgraph-outputs.ts'
import { resolveVirtual } from './passes/resolve-virtual.ts'
import { uniqueNodeIds } from './passes/unique-node-ids.ts'
import { warnPageMade } from './passes/warn-page-made.ts'
import type { Prompt } from './prompt.ts'
import type { ConversionWarning } from './warning.ts'

/** How a workflow is converted. */
export interface CompileOptions {
  /** Node types that the server lacks: refuse (`error`, the default) or write them as they are (`keep`). */
  missingNodes?: 'error' | 'keep' | undefined
  /** Where the workflow came from, for error messages. */
  source?: string | undefined
  /**
   * Choices in prompts (`{red|blue}`), of which the page picks one by chance when it sends them: stay as they are
   * (`keep`, the default), or are picked with `random` (`resolve`). Comments go in both cases, as in the page.
   */
  dynamicPrompts?: 'resolve' | 'keep' | undefined
  /** Picks among choices; gives a number from 0 to below 1. Default `Math.random`. */
  random?: (() => number) | undefined
  /** The time that `%date:…%` in file names means. Default: the time of the call. */
  now?: Date | undefined
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
  const index = indexDefinitions(nodeDefinitions)
  const warnings: ConversionWarning[] = []
  const warn = (warning: ConversionWarning): void => void warnings.push(warning)
  const passes: readonly Pass[] = [
    readPromoted,
    applyPrimitives,
    (graph) => fillFileNames(graph, options.now ?? new Date()),
    dropMuted,
    resolveSubgraphOutputs,
    resolveVirtual,
    joinBypassed,
    (graph) => checkMissing(graph, options, warn),
    (graph) => resolveDynamicPrompts(graph, index, options, warn),
  ]
  const flat = expandSubgraphs(uniqueNodeIds(workflow), index)
  const graph = passes.reduce((current, pass) => pass(current), flat)
  for (const warning of warnPageMade(graph, index)) warn(warning)
  return { ...emitPrompt(graph), warnings }
}
