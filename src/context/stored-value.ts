import type { Receipt } from '../schema/receipt.ts'
import type { TaggedJson } from '../values/tagged-json.ts'
import type { Recipe } from './recipe.ts'

/**
 * One version of a value in a context: its receipt, and its tree where it is small and holds no tensors. Without a
 * tree the value lies in a file. A value by reference has a recipe instead of both, a resident one lives in the server and
 * has a lease here.
 */
export interface StoredValue {
  readonly receipt: Receipt
  readonly tree?: TaggedJson
  readonly recipe?: Recipe
  readonly resident?: true
}

/** Values without tensors whose tagged JSON is no longer than this many characters are kept without a file. */
export const INLINE_LIMIT = 65_536

/** Where a value is. */
export function storageOf({ tree, recipe, resident }: StoredValue): 'inline' | 'file' | 'reference' | 'resident' {
  if (recipe) return 'reference'
  if (resident) return 'resident'
  return tree === undefined ? 'file' : 'inline'
}
