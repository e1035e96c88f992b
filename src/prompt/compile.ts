import type { Workflow } from '../workflow/document.ts'
import type { CompileOptions } from './compile-options.ts'
import { indexDefinitions } from './definition-index.ts'
import type { Graph, Pass } from './graph.ts'
import type { NodeDefinitions } from './node-definitions.ts'
import { applyPrimitives } from './passes/apply-primitives.ts'
import { checkMissing } from './passes/check-missing.ts'
import { customCombos } from './passes/custom-combos.ts'
import { dropMuted } from './passes/drop-muted.ts'
import { emitPrompt } from './passes/emit-prompt.ts'
import { expandSubgraphs } from './passes/expand-subgraphs.ts'
import { fillFileNames } from './passes/fill-file-names.ts'
import { fitMatchTypes } from './passes/fit-match-types.ts'
import { joinBypassed } from './passes/join-bypassed.ts'
import { moveSeeds, type MovedSeed } from './passes/move-seeds.ts'
import { readPromoted } from './passes/read-promoted.ts'
import { resolveDynamicPrompts } from './passes/resolve-dynamic-prompts.ts'
import { resolveSubgraphOutputs } from './passes/resolve-subgraph-outputs.ts'
import { resolveVirtual } from './passes/resolve-virtual.ts'
import { unfoldGroups } from './passes/unfold-groups.ts'
import { uniqueNodeIds } from './passes/unique-node-ids.ts'
import { warnPageMade } from './passes/warn-page-made.ts'
import { promotedWidgets, type PromotedWidget } from './promoted-widgets.ts'
import type { Prompt } from './prompt.ts'
import type { ConversionWarning } from './warning.ts'

/** A prompt with what was noticed on the way. */
export interface Compiled {
  readonly prompt: Prompt
  readonly warnings: readonly ConversionWarning[]
  /** Seeds that have another value than the workflow holds, because `seeds` asks for it. */
  readonly seeds: readonly MovedSeed[]
  /** Widgets on the nodes of subgraphs, with what they hold values for in the prompt. */
  readonly promoted: readonly PromotedWidget[]
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
  const seeds: MovedSeed[] = []
  const passes: readonly Pass[] = [
    (graph) => moveSeeds(graph, options, (seed) => void seeds.push(seed)),
    readPromoted,
    (graph) => fitMatchTypes(graph, index, options.frontend),
    (graph) => applyPrimitives(graph, options.frontend),
    (graph) => customCombos(graph, options.frontend),
    (graph) => fillFileNames(graph, () => options.now ?? new Date()),
    dropMuted,
    resolveSubgraphOutputs,
    resolveVirtual,
    joinBypassed,
    (graph) => checkMissing(graph, options, warn),
    (graph) => resolveDynamicPrompts(graph, index, options, warn),
  ]
  const unfolded = unfoldGroups(uniqueNodeIds(workflow), index, options.frontend, warn)
  const flat = expandSubgraphs(unfolded, index, options.frontend)
  const graph = passes.reduce((current, pass) => pass(current), flat)
  for (const warning of warnPageMade(graph, index)) warn(warning)
  return { ...emitPrompt(graph), warnings, seeds, promoted: stillThere(promotedWidgets(flat), graph) }
}

/** Nodes inside may be muted, or fed by another node after all. */
function stillThere(promoted: readonly PromotedWidget[], graph: Graph): readonly PromotedWidget[] {
  return promoted.flatMap((widget) => {
    const targets = widget.targets.filter(({ node }) => graph.nodes.has(node))
    return targets.length > 0 ? [{ ...widget, targets }] : []
  })
}
