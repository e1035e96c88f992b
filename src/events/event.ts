/** A node as it was drawn: its id in the prompt, its title and its class. */
export interface EventNode {
  readonly node: string
  readonly title: string
  readonly classType: string
}

/**
 * What each type of event tells. Lifecycle and value events (all but progress, preview, text and log) are never dropped
 * for a reader that is there; times are in milliseconds.
 */
export interface EventDetails {
  /** The server has taken the prompt; so many jobs come before it, null where the server does not say. */
  queued: { promptId: string; workflow: string; position: number | null }
  /** It waits still, at another place. */
  waiting: { promptId: string; position: number }
  /** Its first node is about to run. */
  started: { promptId: string; waited: number }
  /** Nodes whose results the server still has from an earlier run. */
  cached: { nodes: EventNode[] }
  nodeStarted: EventNode
  /** With it, how far the whole workflow is (0 to 1). */
  nodeFinished: EventNode & { overall: number; milliseconds: number }
  /** Steps inside one node, and how far the whole workflow is (0 to 1). */
  progress: EventNode & { value: number; max: number; overall: number }
  preview: EventNode & { mediaType: string; bytes: Uint8Array }
  /** A text that a node shows while it runs. */
  text: EventNode & { text: string }
  /** A line that ComfyUI printed while this prompt ran. */
  log: { level: LogLevel; text: string }
  /** An output port has its value; it can be loaded once the workflow has finished. */
  output: { uniqueId: string; valueType: string; shape: number[] | null }
  /** A file that an output node saved. */
  file: EventNode & { filename: string; subfolder: string; folderType: string }
  warning: { message: string }
  /** The server was lost, or what `retries` names happened: the prompt is sent again, as attempt `next` (from 1). */
  retrying: { code: string; message: string; next: number }
  /** A workflow has ended well; `milliseconds` since it was sent, `ran` of them without the waiting. */
  finished: { promptId: string; milliseconds: number; ran: number }
  /** The run has failed; `milliseconds` since it began. */
  failed: { code: string; message: string; milliseconds: number }
  /** The run was cancelled: by its signal, by `cancel()`, by closing, or by somebody on the server. */
  cancelled: { code: string; message: string; milliseconds: number }
}

/** How much a line of a log matters, as far as its text tells. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error'

/** The name of an event. */
export type EventType = keyof EventDetails

/**
 * One thing that a run tells. `v` is the version of this shape, `seq` counts within the run, `time` is in milliseconds
 * since 1970, `iteration` (from 0) is the round, `workflowIndex` says which workflow of a list it concerns, `attempt`
 * (from 1) counts how often that was sent.
 */
export type RunEvent = {
  [Type in EventType]: {
    readonly v: 1
    readonly seq: number
    readonly time: number
    readonly runId: string
    readonly iteration: number
    readonly workflowIndex: number
    readonly attempt: number
    readonly type: Type
  } & Readonly<EventDetails[Type]>
}[EventType]
