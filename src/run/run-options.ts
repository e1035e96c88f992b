import type { WorkflowContext } from '../context/workflow-context.ts'
import type { RunEvent } from '../events/event.ts'
import type { KindMap } from '../image/kind-map.ts'
import type { Kind } from '../values/kinds.ts'

/** The kinds of a run's outputs by name: `{ quality: 'FLOAT', image: 'IMAGE' }`. */
export type OutputKinds = Readonly<Record<string, Kind>>

/** What a run gives: typed where kinds were given, else a record of anything. */
export type RunOutputs<Kinds extends OutputKinds> = string extends keyof Kinds
  ? // oxlint-disable-next-line typescript/no-explicit-any -- untyped results are used without casts, by design
    Record<string, any>
  : { [Name in keyof Kinds]: KindMap[Kinds[Name]] }

/** How a workflow is run. */
export interface RunOptions<Kinds extends OutputKinds = OutputKinds> {
  /** Where ports take their values from and put them into. Default: one of this run's own. */
  readonly context?: WorkflowContext | undefined
  /** Values by `unique_id` of a port, saved into the context when the run starts, or by address (`'KSampler.seed'`). */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined
  /** Kinds of outputs by `unique_id`, checked when the run ends; or by address (`'VAE Decode'`) to get what has no port. */
  readonly outputs?: Kinds | undefined
  /** Milliseconds, the waiting in the queue included. Default: none. */
  readonly timeout?: number | undefined
  /** Cancels exactly this run's job when it fires. */
  readonly signal?: AbortSignal | undefined
  /** Called with each event as it happens. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
}
