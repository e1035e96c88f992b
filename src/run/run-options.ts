import type { WorkflowContext } from '../context/workflow-context.ts'
import type { RunEvent } from '../events/event.ts'
import type { KindMap } from '../media/kind-map.ts'
import type { CompileOptions } from '../prompt/compile-options.ts'
import type { Kind } from '../values/kinds.ts'
import type { PassByChoice } from './pass-by.ts'
import type { Retries } from './retry-policy.ts'

/** The kinds of a run's outputs by name: `{ quality: 'FLOAT', image: 'IMAGE' }`. */
export type OutputKinds = Readonly<Record<string, Kind>>

/** What a run gives: typed where kinds were given, else a record of anything. */
export type RunOutputs<Kinds extends OutputKinds> = string extends keyof Kinds
  ? // oxlint-disable-next-line typescript/no-explicit-any -- untyped results are used without casts, by design
    Record<string, any>
  : { [Name in keyof Kinds]: KindMap[Kinds[Name]] }

/** What ComfyUI's page decides when it sends a workflow. */
export interface ConversionChoices {
  /**
   * Seeds, and other widgets with a "control after generate". `'keep'` (default): as drawn. `'advance'`: as in the page
   * where a workflow is queued again and again, so the first run of a workflow by this Discomfort sends it as drawn, the
   * next one with seeds moved as their control says. `'randomize'`: a new number each run, whatever the control says.
   * Values given by `inputs` win; what was sent is told by the report (`seeds`).
   */
  readonly seeds?: CompileOptions['seeds']
  /** Choices in prompts (`{red|blue}`): `'keep'` (default) sends them as text, `'resolve'` picks one each run. */
  readonly dynamicPrompts?: CompileOptions['dynamicPrompts']
  /** Node types that the server lacks: `'error'` (default), or `'keep'` to send them as the workflow has them. */
  readonly missingNodes?: CompileOptions['missingNodes']
  /** Where `seeds` and `dynamicPrompts` take their chance from: numbers from 0 to below 1. Default: `Math.random`. */
  readonly random?: CompileOptions['random']
}

/** Who pays for partner nodes: a key, or the token of somebody who is logged in at ComfyUI's page. */
export interface PartnerLogin {
  readonly apiKey?: string | undefined
  readonly authToken?: string | undefined
}

/** How a workflow is run. */
export interface RunOptions<Kinds extends OutputKinds = OutputKinds> extends ConversionChoices {
  /** Where ports take their values from and put them into. Default: one of this run's own. */
  readonly context?: WorkflowContext | undefined
  /** Values by `unique_id` of a port, saved into the context when the run starts, or by address (`'KSampler.seed'`). */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined
  /** Kinds of outputs by `unique_id`, checked when the run ends; or by address (`'VAE Decode'`) to get what has no port. */
  readonly outputs?: Kinds | undefined
  /**
   * Sends a list of workflows as one prompt instead of one after another: what an OUTPUT port gives goes on to the INPUT
   * ports of its id inside the server. The results are the same; all outputs still come back. Default: false.
   */
  readonly stitch?: boolean | undefined
  /** How many rounds the workflows are run; what OUTPUT ports give in one, INPUT ports take in the next. Default: 1. */
  readonly iterations?: number | undefined
  /**
   * Asked after each round (counted from 0) with its outputs: true ends the run. Without `iterations` there may be 10,000
   * rounds, then the run fails with `ITERATIONS_EXCEEDED`; with it the run just ends after so many.
   */
  readonly until?: ((outputs: RunOutputs<Kinds>, iteration: number) => boolean | Promise<boolean>) | undefined
  /**
   * How outputs leave the run: as data (`'val'`), as a {@link Reference}, which tells how they are made (`'ref'`), or not at
   * all, as a {@link Resident} that stays alive in the server (`'resident'`); for all of them or by `unique_id`. Default:
   * models, CLIP, VAE, conditionings and other objects by reference, the rest and what `outputs` asks for as a kind as data.
   */
  readonly passBy?: PassByChoice | undefined
  /** False writes inputs and outputs to disk although there is memory left. Default: true. */
  readonly useRam?: boolean | undefined
  /**
   * How often each workflow is sent again, with the same values, when its server crashes or does not answer any more:
   * ComfyUI is waited for, up to a minute where it is not ours to start. What a node raises is tried again only where `on`
   * names its code: `{ times: 3, on: ['NODE_FAILED'] }`. Default: 0.
   */
  readonly retries?: Retries | undefined
  /** Milliseconds, the waiting in the queue and all rounds included. Default: none. */
  readonly timeout?: number | undefined
  /** Milliseconds that each workflow may run, its waiting in the queue not counted. Default: none. */
  readonly executionTimeout?: number | undefined
  /** Who pays for partner nodes in this run, in place of the handle's `apiKey`. It stands in no log. */
  readonly login?: PartnerLogin | undefined
  /** Whether samplers send pictures of what they are at. Default: where somebody listens to the events. */
  readonly previews?: boolean | undefined
  /** Cancels exactly this run's job when it fires. A job that ends by itself first counts as done. */
  readonly signal?: AbortSignal | undefined
  /** Called with each event as it happens. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
}
