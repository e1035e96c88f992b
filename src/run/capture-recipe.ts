import { createHash } from 'node:crypto'
import { stringify } from 'lossless-json'
import type { NodeOrigin, Recipe } from '../context/recipe.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { isPromptLink, type Prompt, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import { loaderClass } from './bind-value.ts'

/** Ids of nodes in recipes begin with it. */
const recipePrefix = 'ref:'

/** What a recipe is cut out of: a prompt that is ready to be sent, with the values that its loaders read. */
export interface RecipeSource {
  readonly prompt: Prompt
  readonly loads: Iterable<StoredValue>
  readonly originOf: (node: string) => NodeOrigin
}

/**
 * Cuts out of a prompt what one output needs. A node's new id is made of its content, of all that it needs, and of where
 * it comes from: what two recipes have in common is then one node where both are used, and a model is loaded once.
 */
export function captureRecipe(
  { prompt, loads, originOf }: RecipeSource,
  link: PromptLink,
  { type, isList }: { readonly type: string; readonly isList: boolean },
): Recipe {
  const ids = new Map<string, string>()
  const nodes = new Map<string, PromptNode>()
  const origins = new Map<string, NodeOrigin>()
  const versions = new Set<unknown>()
  for (const id of upstream(prompt, link[0])) {
    const node = prompt[id] as PromptNode
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, value]) => [name, relinked(value, ids)] as const),
    )
    const origin = originOf(id)
    const newId = id.startsWith(recipePrefix) ? id : recipePrefix + digest([node.class_type, inputs, origin])
    if (node.class_type === loaderClass) versions.add(inputs['version'])
    ids.set(id, newId)
    nodes.set(newId, { ...node, inputs })
    origins.set(newId, origin)
  }
  return {
    v: 1,
    type,
    isList,
    prompt: Object.fromEntries(nodes),
    link: [ids.get(link[0]) ?? link[0], link[1]],
    reads: [...new Set(loads)].filter(({ receipt }) => versions.has(receipt.id)),
    origins: Object.fromEntries(origins),
  }
}

function relinked(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  const id = isPromptLink(value) ? ids.get(value[0]) : undefined
  return isPromptLink(value) && id !== undefined ? [id, value[1]] : value
}

function digest(content: unknown): string {
  return createHash('sha256')
    .update(stringify(content) ?? '')
    .digest('hex')
    .slice(0, 20)
}

/** All that a node needs, each after what it needs itself. No recursion: prompts may be deeper than any stack. */
function upstream(prompt: Prompt, last: string): readonly string[] {
  const done = new Set<string>()
  const entered = new Set<string>()
  const open: { readonly id: string; readonly needs: string[] }[] = []
  const enter = (id: string): void => {
    const node = prompt[id]
    if (!node || entered.has(id)) return
    entered.add(id)
    open.push({ id, needs: Object.values(node.inputs).flatMap((value) => (isPromptLink(value) ? [value[0]] : [])) })
  }
  enter(last)
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const next = top.needs.pop()
    if (next !== undefined) enter(next)
    else {
      done.add(top.id)
      open.pop()
    }
  }
  return [...done]
}
