import { randomUUID } from 'node:crypto'
import type { BoundValue } from '../../src/run/bind-value.ts'
import type { TaggedJson } from '../../src/values/tagged-json.ts'

/** A version of a small value, as a context gives it. */
export function small(type: string, tree: TaggedJson, list = false): BoundValue & { tree: TaggedJson } {
  return { receipt: { v: 1, id: randomUUID(), type, list, dtype: null, shape: null, bytes: 0 }, tree }
}

/** A version of a value that lies in a file. */
export function stored(type: string): BoundValue {
  return { receipt: { v: 1, id: randomUUID(), type, list: false, dtype: 'F32', shape: [1, 4, 4, 3], bytes: 320 } }
}
