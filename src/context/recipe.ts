import type { Prompt, PromptLink } from '../prompt/prompt.ts'
import type { NotedFiles } from '../schema/noted-files.ts'
import type { StoredValue } from './stored-value.ts'

/** Where a node of a prompt that was put together comes from. */
export interface NodeOrigin {
  /** The name of the workflow, as messages give it. */
  readonly workflow: string
  /** The id of the node there. */
  readonly node: string
}

/**
 * How a value is made: the smallest prompt that ends in it, with nothing left to bind. Values that it takes by value
 * are versions that cannot change any more; what it takes by reference is part of it.
 */
export interface Recipe {
  readonly v: 1
  readonly type: string
  readonly isList: boolean
  /** Ids tell what a node is and where it comes from, so that two recipes share what they have in common. */
  readonly prompt: Prompt
  /** The output that is the value. */
  readonly link: PromptLink
  /** The values that its loaders read. */
  readonly reads: readonly StoredValue[]
  readonly origins: Readonly<Record<string, NodeOrigin>>
  /** The files that it names, as they were when it was captured. */
  readonly files: NotedFiles
}
