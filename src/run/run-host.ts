import type { ContextStore } from '../context/context-store.ts'
import type { StoreRoots } from '../context/places/store-roots.ts'
import type { ComfyConnector } from '../server/connector.ts'
import type { PassBy } from './pass-by.ts'
import type { WorkflowLoader, WorkflowSource } from './loaded-workflow.ts'
import type { ValueExchange } from './value-exchange.ts'

/** Where runs happen. */
export interface RunHost {
  readonly connector: ComfyConnector
  readonly loader: () => Promise<WorkflowLoader>
  readonly apiKey?: string | undefined
  /** How many runs of a workflow went before; each call counts one more. */
  readonly queued: (source: WorkflowSource) => number
  /** Where values lie that the server sees too; undefined where it sees none, as on another machine. */
  readonly roots: StoreRoots | undefined
  /** How the values of a context come to the server and back. */
  readonly exchange: (store: ContextStore) => ValueExchange
  /** How outputs of a ComfyUI type leave a run, where the call says nothing. */
  readonly passByType?: Readonly<Record<string, PassBy>> | undefined
}
