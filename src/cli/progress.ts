import type { RunEvent } from '../events/event.ts'

/** Tells people how a run goes, on stderr. */
export interface Progress {
  /** What happens outside of a workflow: a server starts, files are written. */
  readonly stage: (text: string) => void
  readonly event: (event: RunEvent) => void
  /** Takes away what is redrawn in place. */
  readonly end: () => void
}

/** For `--quiet`. */
export const noProgress: Progress = { stage: () => undefined, event: () => undefined, end: () => undefined }
