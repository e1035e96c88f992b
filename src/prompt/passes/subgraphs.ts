import type { SubgraphDefinition } from '../../workflow/document.ts'
import type { Canvas } from './read-canvas.ts'

/** A subgraph definition with its links read. */
export interface Subgraph {
  readonly definition: SubgraphDefinition
  readonly canvas: Canvas
}

/** The subgraphs of a workflow by id, which is the type of the nodes that stand for them. */
export type Subgraphs = ReadonlyMap<string, Subgraph>
