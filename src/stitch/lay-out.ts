import { list, record } from './canvas-draft.ts'
import type { PartDraft } from './part-draft.ts'

const gap = 120
const padding = 40
/** A node's title stands above its place, and the label of the group above that. */
const head = 100

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Puts the parts side by side, the first where it is, and gives each a group with its label. Gives those groups.
 * Groups hold what lies in them, so what they hold is moved with its own groups and native reroutes.
 */
export function layOut(parts: readonly PartDraft[], groupId: () => number): Record<string, unknown>[] {
  let next: { readonly left: number; readonly top: number } | undefined
  return parts.map((part) => {
    const box = boxOf(part)
    const { left, top } = next ?? box
    const x = left - box.left
    const y = top - box.top
    move(part, x, y)
    next = { left: box.right + x + 2 * padding + gap, top }
    const width = box.right - box.left + 2 * padding
    const height = box.bottom - box.top + head + padding
    return {
      id: groupId(),
      title: part.label,
      bounding: [left - padding, top - head, width, height],
      color: '#3f789e',
      font_size: 24,
      flags: {},
    }
  })
}

function boxOf({ canvas, groups }: PartDraft): Box {
  const boxes = [
    ...canvas.nodes.flatMap((node) => boxAt(pair(node['pos']), pair(node['size']))),
    ...groups.flatMap(({ bounding }) => boxAt(pair(bounding), pair(bounding, 2))),
    ...canvas.reroutes.flatMap(({ pos }) => boxAt(pair(pos), [0, 0])),
  ]
  if (boxes.length === 0) return { left: 0, top: 0, right: 200, bottom: 100 }
  return boxes.reduce((one, other) => ({
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  }))
}

function boxAt(at: Pair | undefined, size: Pair | undefined): Box[] {
  if (!at) return []
  const [width, height] = size ?? [200, 100]
  return [{ left: at[0], top: at[1], right: at[0] + width, bottom: at[1] + height }]
}

function move({ canvas, groups }: PartDraft, x: number, y: number): void {
  if (x === 0 && y === 0) return
  const moved = (place: unknown): unknown => {
    const at = pair(place)
    return at ? [at[0] + x, at[1] + y] : place
  }
  for (const node of canvas.nodes) if (node['pos'] !== undefined) Object.assign(node, { pos: moved(node['pos']) })
  for (const reroute of canvas.reroutes) reroute.pos = moved(reroute.pos)
  for (const group of groups) {
    const at = pair(group['bounding'])
    const size = pair(group['bounding'], 2)
    if (at && size) group['bounding'] = [at[0] + x, at[1] + y, ...size]
  }
}

type Pair = readonly [number, number]

/** A place or size: a list, or in older files an object with the keys "0" and "1". */
function pair(raw: unknown, from = 0): Pair | undefined {
  const values = Array.isArray(raw) ? list(raw) : Object.values(record(raw))
  const [one, other] = values.slice(from, from + 2)
  return typeof one === 'number' && typeof other === 'number' ? [one, other] : undefined
}
