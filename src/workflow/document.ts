/**
 * A workflow as the ComfyUI canvas saves it. Only what the project reads is described; everything else is kept as it is.
 * Two generations are in use: 0.4 (links as arrays) and 1.0 (links as objects). Both may carry subgraph definitions.
 * Foreign JSON is never trusted further than these types say: `parseWorkflow` checks the parts that are required here.
 */
export interface Workflow {
  readonly nodes: readonly WorkflowNode[]
  readonly links?: readonly (LinkTuple | LinkObject)[] | undefined
  readonly groups?: readonly unknown[] | undefined
  readonly definitions?: { readonly subgraphs?: readonly SubgraphDefinition[] | undefined } | undefined
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  readonly version?: number | undefined
  readonly [key: string]: unknown
}

/** The id of a node: a number in most workflows, a string in some. */
export type NodeId = number | string

/** `[link id, source node, source slot, target node, target slot, type]` */
export type LinkTuple = readonly [number, NodeId, number | string, NodeId, number | string, string | null]

/** A link in format 1.0 and inside subgraph definitions. */
export interface LinkObject {
  readonly id: number
  readonly origin_id: NodeId
  readonly origin_slot: number
  readonly target_id: NodeId
  readonly target_slot: number
  readonly type?: string | null | undefined
}

/** One node on the canvas. `type` is a class of the server, a type of the frontend alone, or the id of a subgraph definition. */
export interface WorkflowNode {
  readonly id: NodeId
  readonly type: string
  readonly title?: string | undefined
  /** 0 always, 2 muted ("never"), 4 bypassed */
  readonly mode?: number | undefined
  readonly inputs?: readonly NodeInput[] | undefined
  readonly outputs?: readonly NodeOutput[] | undefined
  readonly widgets_values?: readonly unknown[] | Readonly<Record<string, unknown>> | undefined
  readonly properties?: Readonly<Record<string, unknown>> | undefined
  readonly [key: string]: unknown
}

/** An input socket as saved. `widget` is there when the socket belongs to a widget. */
export interface NodeInput {
  readonly name: string
  readonly type: unknown
  readonly link?: number | null | undefined
  readonly widget?: { readonly name?: string | undefined } | undefined
  readonly [key: string]: unknown
}

/** An output socket as saved. */
export interface NodeOutput {
  readonly name: string
  readonly type: unknown
  readonly links?: readonly number[] | null | undefined
  readonly [key: string]: unknown
}

/** A subgraph that nodes of its `id` as type stand for. */
export interface SubgraphDefinition {
  readonly id: string
  readonly name?: string | undefined
  readonly nodes?: readonly WorkflowNode[] | undefined
  readonly links?: readonly (LinkTuple | LinkObject)[] | undefined
  readonly inputs?: readonly unknown[] | undefined
  readonly outputs?: readonly unknown[] | undefined
  readonly widgets?: readonly unknown[] | undefined
  readonly [key: string]: unknown
}
