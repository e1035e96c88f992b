import type { Prompt } from '../prompt/prompt.ts'
import type { NotedFiles } from '../schema/noted-files.ts'
import type { Receipt } from '../schema/receipt.ts'

/**
 * All that is needed to run one workflow once: plain JSON, without the values themselves.
 * Savers hold an empty `run`; it becomes the prompt id when the plan is carried out.
 */
export interface RunPlan {
  readonly v: 1
  readonly prompt: Prompt
  /** The stored values that loaders of this prompt read. */
  readonly reads: readonly Receipt[]
  readonly outputs: readonly PlannedOutput[]
  /** Files that the references in the prompt name, as they were when these were captured. */
  readonly files: NotedFiles
  /** Whether it holds nodes of our pack. */
  readonly needsPack: boolean
}

/** A value that the run gives back: a port's or an address's. */
export interface PlannedOutput {
  readonly key: string
  /** The node of the saver. */
  readonly node: string
  readonly type: string
  readonly isList: boolean
  /** Whether the value stays alive in the server instead of leaving it. */
  readonly resident?: true
}
