import type { WorkflowNode } from '../workflow/document.ts'
import type { InputSpec } from './widgets/input-spec.ts'

/**
 * A workflow on its way to a prompt: flat (no subgraphs inside), every node under the id that the prompt will use.
 * Passes take one and give a new one; nothing in it is ever changed in place.
 */
export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>
}

/** One node. A node that stands for a subgraph stays in the graph until its outputs have been resolved. */
export interface GraphNode {
  /** `outer:inner`, as in the prompt */
  readonly id: string
  /** The part of the id before the last colon with the colon, '' outside subgraphs: which canvas the node lies on. */
  readonly scope: string
  readonly type: string
  readonly title: string
  readonly mode: 'active' | 'muted' | 'bypassed'
  readonly role: NodeRole
  /** Sockets in the order of the node's definition, then those that only the workflow knows. */
  readonly inputs: readonly GraphInput[]
  readonly outputs: readonly GraphOutput[]
  readonly widgets: readonly Widget[]
  /** The node as drawn. */
  readonly drawn: WorkflowNode
}

/** `server` nodes run; `virtual` ones exist in the page only and pass links on; a `primitive` writes its value into widgets. */
export type NodeRole = 'server' | 'subgraph' | 'virtual' | 'primitive' | 'missing'

/** An input socket and what feeds it. */
export interface GraphInput {
  readonly name: string
  readonly type: string
  /** The widget that this socket belongs to. */
  readonly widget: string | undefined
  readonly source: Source | undefined
  /** On a socket inside a subgraph: the value that the widget on the subgraph's node holds, where a link hides it. */
  readonly held?: Source | undefined
}

/** An output socket; on a subgraph's node also the inner output that it stands for. */
export interface GraphOutput {
  readonly type: string
  readonly source: Source | undefined
}

/** Where a value comes from: an output of a node, a widget inside a subgraph (until it has been read), or a constant. */
export type Source =
  | {
      readonly kind: 'output'
      readonly node: string
      readonly slot: number
      /** The type that the asking socket wants: it decides which input a bypassed node joins. */
      readonly type: string
      /** The link came in over the border of a subgraph: the socket there asks, not what lies behind it. */
      readonly border?: true
    }
  | { readonly kind: 'widget'; readonly node: string; readonly widget: string; readonly hosts?: Hosts }
  | { readonly kind: 'constant'; readonly value: unknown; readonly hosts?: Hosts }

/** The widgets on nodes of subgraphs over whose borders a value came, the outermost first. */
type Hosts = readonly { readonly node: string; readonly widget: string }[]

/** A named value on a node. */
export interface Widget {
  readonly name: string
  readonly value: unknown
  /** Kept in workflows but never sent (upload buttons, "control after generate"). */
  readonly local?: boolean
  /** What the node's class says about it. */
  readonly spec?: InputSpec
  /** On a subgraph's node: the inner widget that it stands for and takes its value from. */
  readonly from?: Source | undefined
}

/** One step of the conversion. */
export type Pass = (graph: Graph) => Graph
