import { invalidWorkflow } from './invalid-workflow.ts'

/** Deeper data is no workflow, and later steps may walk it by recursion. */
const maxDepth = 200
/** The largest known workflows hold some 100,000 values. */
const maxValues = 5_000_000

/** Refuses a tree, as a parser makes it, that is nested too deeply or too large. Walks without recursion. */
export function checkTree(tree: unknown): unknown {
  const open: [value: unknown, depth: number][] = [[tree, 0]]
  let values = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, depth] = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > maxDepth) throw tooDeep()
    const inner = Object.values(value)
    values += inner.length
    if (values > maxValues) throw tooLarge()
    for (const one of inner) if (typeof one === 'object' && one !== null) open.push([one, depth + 1])
  }
  return tree
}

interface Frame {
  readonly value: object
  readonly inner: readonly unknown[]
  next: number
  /** How many levels lie below, and how many values in them, as far as is known. */
  height: number
  size: number
}

/**
 * The same for data that a program made: it may contain itself, or hold one object in many places. Each object is looked
 * at once and counted as often as it is held.
 */
export function checkData(data: unknown): unknown {
  const known = new Map<object, Frame>()
  const path = new Set<object>()
  const frames: Frame[] = []
  const enter = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const before = known.get(value)
    if (before) return include(frames.at(-1), before)
    if (path.has(value)) throw invalidWorkflow('The data contains itself, nested without an end.')
    if (frames.length > maxDepth) throw tooDeep()
    path.add(value)
    const inner = Object.values(value)
    frames.push({ value, inner, next: 0, height: 0, size: inner.length })
  }
  enter(data)
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    if (frame.next < frame.inner.length) {
      frame.next += 1
      enter(frame.inner[frame.next - 1])
      continue
    }
    frames.pop()
    path.delete(frame.value)
    known.set(frame.value, frame)
    include(frames.at(-1), frame)
  }
  return data
}

function include(holder: Frame | undefined, { height, size }: Frame): void {
  if (!holder) return
  holder.height = Math.max(holder.height, height + 1)
  holder.size += size
  if (holder.height > maxDepth) throw tooDeep()
  if (holder.size > maxValues) throw tooLarge()
}

function tooDeep(): Error {
  return invalidWorkflow(`The data is nested more than ${maxDepth} levels deep.`)
}

function tooLarge(): Error {
  return invalidWorkflow(`The data holds more than ${maxValues} values.`)
}
