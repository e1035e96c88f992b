import type { StoredValue } from '../../context/stored-value.ts'
import type { BridgeOutput } from '../../schema/bridge.ts'
import type { Call } from '../calls.ts'

/** What is told of values of an output: each lies in the context of the call, or in the entry. */
export function giveOutput(call: Call, uniqueId: string, values: readonly StoredValue[]): BridgeOutput {
  return { unique_id: uniqueId, values: values.map((stored) => giveValue(call, uniqueId, stored)) }
}

function giveValue(call: Call, uniqueId: string, { recipe, ...stored }: StoredValue): BridgeOutput['values'][number] {
  if (!recipe) return { entry: { v: 1, unique_id: uniqueId, ...stored } }
  if (recipe.reads.length > 0) call.isRead = true
  const { type, isList: list, prompt, link } = recipe
  return { recipe: { type, list, prompt: { ...prompt }, link: [link[0], link[1]] } }
}
