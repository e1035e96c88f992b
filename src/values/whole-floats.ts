/** The mark under which {@link markFloats} keeps its note. */
export const wholeFloats: unique symbol = Symbol.for('discomfort.wholeFloats') as never

interface Marked {
  readonly [wholeFloats]?: ReadonlySet<unknown>
}

/**
 * Notes for a container at which places (indexes or keys) its whole numbers are floats: JavaScript has one kind of
 * number, Python has two. So 1.0 goes back as a float after it was here. A copy of the container knows nothing of it.
 */
export function markFloats<Container extends object>(container: Container, places: ReadonlySet<unknown>): Container {
  if (places.size > 0) Object.defineProperty(container, wholeFloats, { value: places })
  return container
}

/** Whether a whole number at this place of a container is a float. */
export function isFloatAt(container: object, place: unknown): boolean {
  return (container as Marked)[wholeFloats]?.has(place) ?? false
}

/** A copy of a record that keeps the note. */
export function copyRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = Object.assign(Object.create(null) as Record<string, unknown>, record)
  return markFloats(copy, (record as Marked)[wholeFloats] ?? new Set())
}
