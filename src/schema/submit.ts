/** What a submit tells the pack beside the prompt: where values may be read and written, and what may be forgotten. */
export interface SubmitNote {
  readonly v: 1
  /** The context whose folder holds the values of this run. */
  readonly context: string
  /** Ids of the values that loaders of this prompt may read. */
  readonly reads: readonly string[]
  /** Earlier prompts of ours whose history entries are no longer needed. */
  readonly forget: readonly string[]
}
