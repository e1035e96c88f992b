import { DiscomfortError, isDiscomfortError, type MissingNodeType } from '../errors.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { titleOf } from '../server/jobs/rejection.ts'

/**
 * A server that refuses a prompt for a missing class names only the first one; here all are named. Whether a class is
 * missing is the server's to say, since it replaces some retired classes that it does not list.
 */
export function explainRejection(
  error: unknown,
  prompt: Prompt,
  definitions: NodeDefinitions,
  workflow: string,
): unknown {
  if (!isDiscomfortError(error, 'PROMPT_REJECTED')) return error
  if (error.details.type !== 'missing_node_type' && error.details.type !== 'invalid_prompt') return error
  const missing = missingTypes(prompt, definitions)
  if (missing.length === 0) return error
  const names = missing.map(
    ({ type, nodes }) => `${type} (${nodes.map(({ id, title }) => `"${title}", node ${id}`).join('; ')})`,
  )
  const message = `${workflow} uses node types that the server does not have: ${names.join(', ')}. Install the packs that bring them.`
  return new DiscomfortError('WORKFLOW_NODES_MISSING', message, {
    details: { source: workflow, missing },
    cause: error,
  })
}

function missingTypes(prompt: Prompt, definitions: NodeDefinitions): MissingNodeType[] {
  const isKnown = indexDefinitions(definitions)
  const missing = new Map<string, MissingNodeType>()
  for (const [id, { class_type: type }] of Object.entries(prompt)) {
    if (isKnown(type)) continue
    const known = missing.get(type) ?? { type, nodes: [] }
    known.nodes.push({ id, title: titleOf(prompt, id) })
    missing.set(type, known)
  }
  return [...missing.values()]
}
