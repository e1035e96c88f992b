const mark: unique symbol = Symbol.for('discomfort.comfyList') as never

/** An array that ComfyUI takes as its own kind of list: a node runs once for each item. Made by {@link comfyList}. */
export type ComfyList<Item = unknown> = Item[] & { readonly [mark]: true }

/**
 * Marks an array as a ComfyUI list (what a node with OUTPUT_IS_LIST gives): the nodes behind it run once for each item.
 * A plain array is one value. The given array stays as it is, a copy is marked; what a context gives back as a list
 * is marked already. Copies made by `map` or `slice` are plain arrays again.
 *
 * @example
 * await context.save('images', comfyList([await Image.open('a.png'), await Image.open('b.png')]))
 */
export function comfyList<Item>(items: Iterable<Item>): ComfyList<Item> {
  const copy = [...items]
  Object.defineProperty(copy, mark, { value: true })
  return copy as ComfyList<Item>
}

/** Whether `value` was made by {@link comfyList} (of any copy of this package). */
export function isComfyList(value: unknown): value is ComfyList {
  return Array.isArray(value) && mark in value
}
