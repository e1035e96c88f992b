import type { Receipt } from '../schema/receipt.ts'
import type { TaggedJson } from '../values/tagged-json.ts'

/**
 * One version of a value in a context: its receipt, and its tree where it is small and holds no tensors. Without a
 * tree the value lies in a file.
 */
export interface StoredValue {
  readonly receipt: Receipt
  readonly tree?: TaggedJson
}

/** Values without tensors whose tagged JSON is no longer than this many characters are kept without a file. */
export const INLINE_LIMIT = 65_536
