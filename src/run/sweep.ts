import { DiscomfortError } from '../errors.ts'

/** Lists by name, as the axes of a sweep. */
export type Axes = Readonly<Record<string, readonly unknown[]>>

/** One point of a sweep: a value for each axis. */
export type Point<Axis extends Axes> = { [Name in keyof Axis]: Axis[Name][number] }

/**
 * Every combination of the values of several lists; the last name changes fastest.
 *
 * @example
 * product({ 'KSampler.cfg': [3, 5], 'KSampler.seed': [1, 2, 3] })  // six points, for discomfort.map
 */
export function product<const Axis extends Axes>(axes: Axis): Point<Axis>[] {
  return Object.entries(axes).reduce<Record<string, unknown>[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  ) as Point<Axis>[]
}

/**
 * The values of several lists side by side: the first of each, the second of each, and so on.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID` if the lists are not equally long
 * @example
 * zip({ prompt: ['a pear', 'a plum'], 'KSampler.seed': [1, 2] })  // two points, for discomfort.map
 */
export function zip<const Axis extends Axes>(axes: Axis): Point<Axis>[] {
  const lists = Object.entries(axes)
  const [first] = lists
  const length = first?.[1].length ?? 0
  const other = lists.find(([, values]) => values.length !== length)
  if (first && other) {
    const reason = `the lists are not equally long: "${first[0]}" has ${length} values, "${other[0]}" has ${other[1].length}`
    throw new DiscomfortError('CONFIG_INVALID', `zip: ${reason}. Use product for all combinations.`, {
      details: { key: other[0], reason },
    })
  }
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(lists.map(([name, values]) => [name, values[index]])),
  ) as Point<Axis>[]
}
