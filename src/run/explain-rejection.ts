import type { NodeOrigin } from '../context/recipe.ts'
import { DiscomfortError, isDiscomfortError, type MissingNodeType, type RejectedNode } from '../errors.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { titleOf } from '../prompt/title-of.ts'
import { loaderClass } from './bind-value.ts'

/**
 * A rejection as the user knows the workflow: nodes by the files and ids that they come from. A server that refuses a
 * prompt for a missing class names only the first one; here all are named. Whether a class is missing is the server's to
 * say, since it replaces some retired classes that it does not list.
 */
export function explainRejection(
  error: unknown,
  prompt: Prompt,
  definitions: NodeDefinitions,
  { name, originOf }: { readonly name: string; readonly originOf: (node: string) => NodeOrigin },
): unknown {
  if (!isDiscomfortError(error, 'PROMPT_REJECTED')) return error
  const gone = error.details.nodes.find(({ classType }) => classType === loaderClass)
  if (gone) return valueGone(gone, prompt, error)
  const isMissing = error.details.type === 'missing_node_type' || error.details.type === 'invalid_prompt'
  const missing = isMissing ? missingTypes(prompt, definitions, originOf) : []
  if (missing.length === 0) return withOrigins(error, originOf)
  const names = missing.map(
    ({ type, nodes }) => `${type} (${nodes.map(({ id, title }) => `"${title}", node ${id}`).join('; ')})`,
  )
  const message = `${name} uses node types that the server does not have: ${names.join(', ')}. Install the packs that bring them.`
  return new DiscomfortError('WORKFLOW_NODES_MISSING', message, {
    details: { source: name, missing },
    cause: error,
  })
}

/** A loader is refused where its value cannot be had. */
function valueGone(
  { node, title, errors }: RejectedNode,
  prompt: Prompt,
  cause: DiscomfortError<'PROMPT_REJECTED'>,
): DiscomfortError<'VALUE_GONE'> {
  const why = errors.map(({ message, details }) => details || message).join(' ')
  return new DiscomfortError(
    'VALUE_GONE',
    `The value for "${title}" cannot be had: ${why} Run the workflow that makes it again.`,
    { details: { key: title, id: String(prompt[node]?.inputs['version']) }, cause },
  )
}

function withOrigins(
  error: DiscomfortError<'PROMPT_REJECTED'>,
  originOf: (node: string) => NodeOrigin,
): DiscomfortError<'PROMPT_REJECTED'> {
  let { message } = error
  const nodes = error.details.nodes.map((rejected) => {
    const origin = originOf(rejected.node)
    message = message.replaceAll(`, node ${rejected.node})`, `, node ${origin.node} of ${origin.workflow})`)
    return { ...rejected, ...origin }
  })
  return new DiscomfortError('PROMPT_REJECTED', message, { details: { ...error.details, nodes }, cause: error.cause })
}

function missingTypes(
  prompt: Prompt,
  definitions: NodeDefinitions,
  originOf: (node: string) => NodeOrigin,
): MissingNodeType[] {
  const isKnown = indexDefinitions(definitions)
  const missing = new Map<string, MissingNodeType>()
  for (const [id, node] of Object.entries(prompt)) {
    const { class_type: type } = node
    if (isKnown(type)) continue
    const known = missing.get(type) ?? { type, nodes: [] }
    known.nodes.push({ id: originOf(id).node, title: titleOf(node) })
    missing.set(type, known)
  }
  return [...missing.values()]
}
