import type { StoredValue } from '../../context/stored-value.ts'
import type { BridgeOutput } from '../../schema/bridge.ts'
import type { SaverEntry } from '../../schema/saver-entry.ts'

/** What is told of values of an output: each lies in the context of the call, or in the entry. */
export function giveOutput(uniqueId: string, values: readonly StoredValue[]): BridgeOutput {
  return { unique_id: uniqueId, values: values.map((stored) => giveValue(uniqueId, stored)) }
}

/** A reference takes along what it reads: it may be used when this call, or this bridge, has long ended. */
function giveValue(uniqueId: string, { recipe, ...stored }: StoredValue): BridgeOutput['values'][number] {
  if (!recipe) return { entry: entryOf(uniqueId, stored) }
  const { type, isList: list, prompt, link } = recipe
  const reads = recipe.reads.map((read) => entryOf(uniqueId, read))
  return { recipe: { type, list, prompt: { ...prompt }, link: [link[0], link[1]], reads } }
}

function entryOf(uniqueId: string, { receipt, tree }: StoredValue): SaverEntry {
  return { v: 1, unique_id: uniqueId, receipt, ...(tree === undefined ? {} : { tree }) }
}
