import type { Canvas, Link } from '../comfy/types.ts'

/** How far from a link a click may be, on both sides together. */
const reach = 14

/** The links that are drawn at a point: several where they share a reroute. */
export function linksAt(canvas: Canvas, [x, y]: readonly [number, number]): Link[] {
  const context = document.createElement('canvas').getContext('2d')
  if (!context || !canvas.renderedPaths) return []
  context.lineWidth = reach
  const segments = [...canvas.renderedPaths].filter(({ path }) => path && context.isPointInStroke(path, x, y))
  return segments.slice(0, 1).flatMap((segment) => linksOf(canvas, segment))
}

/** The links that a piece of a drawn link belongs to. */
export function linksOf(canvas: Canvas, segment: Parameters<Canvas['showLinkMenu']>[0]): Link[] {
  const ids = 'linkIds' in segment ? [...(segment as { readonly linkIds: Iterable<number> }).linkIds] : [segment.id]
  return ids.map((id) => canvas.graph?.getLink(id)).filter((link) => link !== undefined)
}
