import type { ContextStore } from '../../context/context-store.ts'
import type { StoredValue } from '../../context/stored-value.ts'
import { captureRecipe } from '../../run/capture-recipe.ts'
import type { BridgeInput, BridgeRecipe } from '../../schema/bridge.ts'
import type { SaverEntry } from '../../schema/saver-entry.ts'
import type { TaggedJson } from '../../values/tagged-json.ts'
import type { Call } from '../calls.ts'

/** What messages call the workflow that the outer server runs. */
const outerName = 'the page'

/**
 * Takes what the outer node was given into the context of its call, all of it or none.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`, `VALUE_GONE`
 */
export function takeInputs({ store }: Call, inputs: readonly BridgeInput[]): void {
  store.commit(
    inputs.map((input) => [
      input.unique_id,
      'recipe' in input ? takeRecipe(store, input.recipe) : takeEntry(store, input.entry),
    ]),
  )
}

/** Ids are made anew of content and place, so that a model that several recipes load is loaded once. */
function takeRecipe(store: ContextStore, { prompt, link, type, list, reads = [] }: BridgeRecipe): StoredValue {
  const loads = reads.map((entry) => takeEntry(store, entry))
  const originOf = (node: string) => ({ workflow: outerName, node })
  return store.addRecipe(captureRecipe({ prompt, loads, originOf, files: {} }, link, { type, isList: list }))
}

function takeEntry(store: ContextStore, { receipt, tree }: SaverEntry): StoredValue {
  return store.adopt(receipt, tree as TaggedJson | undefined)
}
