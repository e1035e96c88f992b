import { DiscomfortError, type MissingNodeType } from '../errors.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { UnknownNode } from './convert-in-page.ts'

/**
 * Leaves out the nodes without a class that hang on nothing (labels and notes of packs), as our own conversion does.
 * @throws {@link DiscomfortError} `WORKFLOW_NODES_MISSING` with the others: a server takes no prompt with such nodes
 */
export function dropUnknown(prompt: Prompt, unknown: readonly UnknownNode[], source: string): Prompt {
  if (unknown.length === 0) return prompt
  const used = new Set(Object.values(prompt).flatMap(({ inputs }) => sourcesOf(inputs)))
  const needed = unknown.filter(({ id }) => used.has(id) || sourcesOf(prompt[id]?.inputs ?? {}).length > 0)
  if (needed.length > 0) throw missingNodes(needed, source)
  const dropped = new Set(unknown.map(({ id }) => id))
  return Object.fromEntries(Object.entries(prompt).filter(([id]) => !dropped.has(id)))
}

/** The nodes that inputs are linked to. */
function sourcesOf(inputs: Readonly<Record<string, unknown>>): string[] {
  return Object.values(inputs).flatMap((value) =>
    Array.isArray(value) && value.length === 2 && typeof value[1] === 'number' ? [String(value[0])] : [],
  )
}

function missingNodes(nodes: readonly UnknownNode[], source: string): DiscomfortError<'WORKFLOW_NODES_MISSING'> {
  const byType = new Map<string, MissingNodeType>()
  for (const { id, type, title, properties } of nodes) {
    const pack = [properties['cnr_id'], properties['aux_id']].find((name) => typeof name === 'string' && name !== '')
    const entry = byType.get(type) ?? { type, nodes: [], ...(typeof pack === 'string' ? { pack } : {}) }
    entry.nodes.push({ id, title })
    byType.set(type, entry)
  }
  const missing = [...byType.values()]
  const list = missing.map(
    ({ type, nodes: users, pack }) =>
      `"${type}" (node ${users.map(({ id }) => id).join(', ')}${pack === undefined ? '' : `, from the pack ${pack}`})`,
  )
  return new DiscomfortError(
    'WORKFLOW_NODES_MISSING',
    `"${source}" uses node types that neither this server nor its page has: ${list.join('; ')}. Install their packs, or mute these nodes.`,
    { details: { missing, source } },
  )
}
