import type { ContextStore } from '../../context/context-store.ts'
import type { Recipe } from '../../context/recipe.ts'
import type { StoredValue } from '../../context/stored-value.ts'
import { contextStore } from '../../context/workflow-context.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import { loaderClass } from '../../run/bind-value.ts'
import { captureRecipe } from '../../run/capture-recipe.ts'
import type { BridgeInput, BridgeRecipe } from '../../schema/bridge.ts'
import type { TaggedJson } from '../../values/tagged-json.ts'
import type { Call } from '../calls.ts'

/** What messages call the workflow that the outer server runs. */
const outerName = 'the page'

/**
 * Takes what the outer node was given into the context of its call, all of it or none. `others` are calls whose values
 * recipes may read.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`, `VALUE_GONE`
 */
export async function takeInputs(call: Call, inputs: readonly BridgeInput[], others: Iterable<Call>): Promise<void> {
  const taken: [string, StoredValue][] = []
  const calls = [...others]
  for (const input of inputs) {
    if ('recipe' in input) taken.push([input.unique_id, await takeRecipe(call.store, input.recipe, calls)])
    else
      taken.push([input.unique_id, call.store.adopt(input.entry.receipt, input.entry.tree as TaggedJson | undefined)])
  }
  call.store.commit(taken)
}

/** Ids are made anew of content and place, so that a model that several recipes load is loaded once. */
async function takeRecipe(store: ContextStore, given: BridgeRecipe, others: readonly Call[]): Promise<StoredValue> {
  const { prompt, loads } = await withOwnVersions(store, given.prompt, others)
  const originOf = (node: string) => ({ workflow: outerName, node })
  const shape = { type: given.type, isList: given.list }
  return store.addRecipe(captureRecipe({ prompt, loads, originOf, files: {} }, given.link, shape))
}

/** A recipe that came out of another call reads values that lie in its context: they are copied into ours. */
async function withOwnVersions(
  store: ContextStore,
  prompt: Prompt,
  others: readonly Call[],
): Promise<{ prompt: Prompt; loads: StoredValue[] }> {
  const copies = new Map<string, StoredValue>()
  const nodes: [string, Prompt[string]][] = []
  for (const [id, node] of Object.entries(prompt)) {
    const version = node.class_type === loaderClass ? node.inputs['version'] : undefined
    const found = typeof version === 'string' ? findRead(version, others) : undefined
    if (!found) {
      nodes.push([id, node])
      continue
    }
    const { receipt } = found.stored
    const copy = copies.get(receipt.id) ?? (await store.prepare(await found.from.decode(found.stored), receipt.type))
    copies.set(receipt.id, copy)
    nodes.push([id, { ...node, inputs: { ...node.inputs, version: copy.receipt.id } }])
  }
  return { prompt: Object.fromEntries(nodes), loads: [...copies.values()] }
}

function findRead(version: string, calls: readonly Call[]): { stored: StoredValue; from: ContextStore } | undefined {
  for (const { context } of calls) {
    if (context.isClosed) continue
    const from = context[contextStore]
    for (const key of from.keys()) {
      const recipe: Recipe | undefined = from.get(key)?.recipe
      const stored = recipe?.reads.find(({ receipt }) => receipt.id === version)
      if (stored) return { stored, from }
    }
  }
  return undefined
}
