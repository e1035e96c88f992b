const mark: unique symbol = Symbol.for('discomfort.tuple') as never

/** An array that is a tuple on the Python side. Made by {@link tuple}. */
export type Tuple<Item = unknown> = readonly Item[] & { readonly [mark]: true }

/**
 * Marks an array as a Python tuple. Some nodes tell tuples and lists apart; a plain array is a list.
 * The given array stays as it is, a copy is marked.
 *
 * @example
 * await context.save('size', tuple([512, 768]))
 */
export function tuple<Item>(items: Iterable<Item>): Tuple<Item> {
  const copy = [...items]
  Object.defineProperty(copy, mark, { value: true })
  return copy as unknown as Tuple<Item>
}

/** Whether `value` was made by {@link tuple} (of any copy of this package). */
export function isTuple(value: unknown): value is Tuple {
  return Array.isArray(value) && mark in value
}
