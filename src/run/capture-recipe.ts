import { createHash } from 'node:crypto'
import { stringify } from 'lossless-json'
import type { NodeOrigin, Recipe } from '../context/recipe.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { inOrder } from '../prompt/in-order.ts'
import { sourcesOf, withLinks, type Prompt, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import type { NotedFiles } from '../schema/noted-files.ts'
import { loaderClass } from './bind-value.ts'

/** Ids of nodes in recipes begin with it. */
const recipePrefix = 'ref:'

/** What a recipe is cut out of: a prompt that is ready to be sent, with the values that its loaders read. */
export interface RecipeSource {
  readonly prompt: Prompt
  readonly loads: Iterable<StoredValue>
  readonly originOf: (node: string) => NodeOrigin
  /** The files that references in the prompt name. */
  readonly files: NotedFiles
}

/**
 * Cuts out of a prompt what one output needs. A node's new id is made of its content, of all that it needs, and of where
 * it comes from: what two recipes have in common is then one node where both are used, and a model is loaded once.
 */
export function captureRecipe(
  { prompt, loads, originOf, files }: RecipeSource,
  link: PromptLink,
  { type, isList }: { readonly type: string; readonly isList: boolean },
): Recipe {
  const ids = new Map<string, string>()
  const nodes = new Map<string, PromptNode>()
  const origins = new Map<string, NodeOrigin>()
  const versions = new Set<unknown>()
  const linkOf = ([id, slot]: PromptLink): PromptLink => [ids.get(id) ?? id, slot]
  for (const id of inOrder(prompt, [link[0]], { needsOf: (node) => sourcesOf(node).toReversed() })) {
    const node = withLinks(prompt[id] as PromptNode, linkOf)
    const origin = originOf(id)
    const newId = id.startsWith(recipePrefix) ? id : recipePrefix + digest([node.class_type, node.inputs, origin])
    if (node.class_type === loaderClass) versions.add(node.inputs['version'])
    ids.set(id, newId)
    nodes.set(newId, node)
    origins.set(newId, origin)
  }
  return {
    v: 1,
    type,
    isList,
    prompt: Object.fromEntries(nodes),
    link: linkOf(link),
    reads: [...new Set(loads)].filter(({ receipt }) => versions.has(receipt.id)),
    origins: Object.fromEntries(origins),
    files: filesIn(nodes.values(), files),
  }
}

/** Those of the files that some node names. */
function filesIn(nodes: Iterable<PromptNode>, files: NotedFiles): NotedFiles {
  const named = new Set([...nodes].flatMap(({ inputs }) => Object.values(inputs)))
  return Object.fromEntries(Object.entries(files).filter(([name]) => named.has(name)))
}

function digest(content: unknown): string {
  return createHash('sha256')
    .update(stringify(content) ?? '')
    .digest('hex')
    .slice(0, 20)
}
