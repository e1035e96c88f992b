import type { WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import { pageTitle } from '../page-titles.ts'
import type { GraphInput } from '../graph.ts'
import type { InnerValues } from './host-values.ts'
import type { Canvas } from './read-canvas.ts'

/** Where a node lies: on which canvas, under which ids, and what comes in over the border of that canvas. */
export interface Place {
  readonly canvas: Canvas
  /** '' on the main canvas, else the ids of the surrounding nodes, each with a colon. */
  readonly scope: string
  /** What an input of the subgraph gives. */
  readonly border: (slot: number) => Feed
  /** The version of the frontend that is followed. */
  readonly frontend: string | undefined
  /** Values that the subgraph's node outside gives to widgets on this canvas. */
  readonly given: InnerValues
}

/** What feeds a socket, and what would feed it without a link from outside. */
export type Feed = Pick<GraphInput, 'source' | 'held'>

/** Finds what feeds a socket through a link. */
export function feed(place: Place, link: number | null, type: string): Feed {
  const origin = link === null ? undefined : place.canvas.origin(link)
  if (!origin) return { source: undefined }
  if (origin.border) return overBorder(place.border(origin.slot))
  return { source: { kind: 'output', node: `${place.scope}${origin.node}`, slot: origin.slot, type } }
}

function overBorder({ source, ...rest }: Feed): Feed {
  return { ...rest, source: source?.kind === 'output' ? { ...source, border: true } : source }
}

/** What every node of the graph has, wherever it lies. */
export function commonParts(drawn: WorkflowNode, { scope, frontend }: Place, spec: ClassSpec | undefined) {
  const type = spec?.name ?? drawn.type
  return {
    id: `${scope}${drawn.id}`,
    scope,
    type,
    title: drawn.title || (pageTitle(type, frontend) ?? spec?.title ?? drawn.type),
    mode: drawn.mode === 2 ? 'muted' : drawn.mode === 4 ? 'bypassed' : 'active',
    drawn,
  } as const
}
