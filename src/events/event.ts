/** A node as it was drawn: its id in the prompt, its title and its class. */
export interface EventNode {
  readonly node: string
  readonly title: string
  readonly classType: string
}

/** What each type of event tells. Lifecycle and value events are never dropped; progress and previews may be. */
export interface EventDetails {
  /** The server has taken the prompt. */
  queued: { promptId: string; workflow: string }
  started: { promptId: string }
  /** Nodes whose results the server still has from an earlier run. */
  cached: { nodes: EventNode[] }
  nodeStarted: EventNode
  /** With it, how far the whole workflow is (0 to 1). */
  nodeFinished: EventNode & { overall: number }
  /** Steps inside one node, and how far the whole workflow is (0 to 1). */
  progress: EventNode & { value: number; max: number; overall: number }
  preview: EventNode & { mediaType: string; bytes: Uint8Array }
  /** An output port has its value; it can be loaded once the workflow has finished. */
  output: { uniqueId: string; valueType: string; shape: number[] | null }
  /** A file that an output node saved. */
  file: EventNode & { filename: string; subfolder: string; folderType: string }
  warning: { message: string }
  finished: { promptId: string; milliseconds: number }
  failed: { code: string; message: string }
}

/** The name of an event. */
export type EventType = keyof EventDetails

/**
 * One thing that a run tells. `v` is the version of this shape, `seq` counts within the run, `time` is in milliseconds
 * since 1970, `iteration` (from 0) is the round, `workflowIndex` says which workflow of a list it concerns.
 */
export type RunEvent = {
  [Type in EventType]: {
    readonly v: 1
    readonly seq: number
    readonly time: number
    readonly runId: string
    readonly iteration: number
    readonly workflowIndex: number
    readonly type: Type
  } & Readonly<EventDetails[Type]>
}[EventType]
