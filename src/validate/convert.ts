import { isDiscomfortError, type MissingNodeType } from '../errors.ts'
import { compileWorkflow } from '../prompt/compile.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { ConversionWarning } from '../prompt/warning.ts'
import type { Workflow } from '../workflow/document.ts'
import type { Draft } from './finding.ts'
import type { MissingTypes } from './missing-types.ts'

/** A prompt to check, with what was found on the way to it. */
export interface Converted {
  readonly prompt: Prompt
  readonly missing: MissingTypes
  readonly remarks: readonly Draft[]
}

/** Converts a workflow, also one with node types that the server lacks: these stay in it and are told. */
export function convert(workflow: Workflow, definitions: NodeDefinitions, source: string | undefined): Converted {
  try {
    const { prompt, warnings } = compileWorkflow(workflow, definitions, { source })
    return { prompt, missing: missingTypes([]), remarks: warnings.map((warning) => toDraft(warning, prompt)) }
  } catch (error) {
    if (!isDiscomfortError(error, 'WORKFLOW_NODES_MISSING')) throw error
    const { missing } = error.details
    const unknown = new Set(missing.flatMap(({ nodes }) => nodes.map(({ id }) => id)))
    const { prompt, warnings } = compileWorkflow(workflow, definitions, { source, missingNodes: 'keep' })
    const others = warnings.filter(({ node }) => !unknown.has(node))
    return { prompt, missing: missingTypes(missing), remarks: others.map((warning) => toDraft(warning, prompt)) }
  }
}

function missingTypes(missing: readonly MissingNodeType[]): MissingTypes {
  const needed = new Set(missing.flatMap(({ nodes }) => nodes.map(({ id }) => id)))
  const packs = new Map(missing.map(({ type, pack }) => [type, pack]))
  return { isLoose: (id) => !needed.has(id), packOf: (type) => packs.get(type) }
}

function toDraft({ node, title, message }: ConversionWarning, prompt: Prompt): Draft {
  const classType = Object.hasOwn(prompt, node) ? (prompt[node]?.class_type ?? '') : ''
  return {
    severity: 'warning',
    code: 'CONVERSION',
    node,
    title,
    classType,
    message: `"${title}" (node ${node}): ${message}`,
  }
}
