import type { ComfyConnector } from '../server/connector.ts'
import type { PassBy } from './pass-by.ts'
import type { WorkflowLoader, WorkflowSource } from './loaded-workflow.ts'

/** Where runs happen. */
export interface RunHost {
  readonly connector: ComfyConnector
  readonly loader: () => Promise<WorkflowLoader>
  readonly apiKey?: string | undefined
  /** How many runs of a workflow went before; each call counts one more. */
  readonly queued: (source: WorkflowSource) => number
  /** The root of the store, where it is not this machine's default. */
  readonly storeRoot?: string | undefined
  /** How outputs of a ComfyUI type leave a run, where the call says nothing. */
  readonly passByType?: Readonly<Record<string, PassBy>> | undefined
  /** Whether the server sees our store. */
  readonly sharesStore: boolean
}
