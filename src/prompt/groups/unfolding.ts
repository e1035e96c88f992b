import type { NodeId, WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec, DefinitionIndex } from '../definition-index.ts'
import type { GroupLayouts } from './group-layout.ts'
import type { Group } from './read-groups.ts'

/** What is needed to take a group's node apart. */
export interface Unfolding {
  readonly groups: ReadonlyMap<string, Group>
  readonly layouts: GroupLayouts
  readonly index: DefinitionIndex
  /** Gives the next id that no node has. */
  readonly nextId: () => number
  /** Tells where the page does something that the author of the workflow did not mean. */
  readonly warn: (message: string) => void
}

/** A socket of a member, and the link that ends at it. */
export interface MemberSocket {
  readonly name: string
  readonly type: string
  readonly widget: string | undefined
}

/** A member with its class and its sockets as the page makes them. */
export interface Member {
  readonly id: NodeId
  readonly drawn: WorkflowNode
  readonly spec: ClassSpec | undefined
  readonly sockets: readonly MemberSocket[]
}
