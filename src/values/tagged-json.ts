/** One tree for data of both languages (docs/values.md). An object always has exactly one key, the tag. */
export type TaggedJson =
  | null
  | boolean
  | string
  | number
  | TaggedJson[]
  | { int: string }
  | { float: 'nan' | 'inf' | '-inf' | '-0' }
  | { tuple: TaggedJson[] }
  | { dict: [TaggedJson, TaggedJson][] }
  | { tensor: string }
  | { bytes: string }
  | { object: [string, { dict: [TaggedJson, TaggedJson][] }] }

/** Trees with more lists, tuples and dicts (or fields of objects) inside each other than this are refused in both directions. */
export const DEPTH_LIMIT = 200

/** Python reads and writes no longer decimal numbers than this unless it is told to. */
export const DIGITS_LIMIT = 4300
