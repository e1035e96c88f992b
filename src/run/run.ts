import { DiscomfortError } from '../errors.ts'
import type { RunEvent } from '../events/event.ts'
import type { EventStream } from '../events/event-stream.ts'
import type { RunFile } from './run-file.ts'

/** An OUTPUT port that gave nothing, and why. */
export interface SkippedOutput {
  readonly uniqueId: string
  readonly node: string
  readonly title: string
  readonly workflow: string
  readonly reason: 'muted' | 'bypassed' | 'blocked'
}

/** A seed that a run moved, because its option `seeds` asked for it. */
export interface SentSeed {
  readonly workflow: string
  /** The id in the prompt; that of the primitive where one holds the seed. */
  readonly node: string
  readonly title: string
  readonly input: string
  readonly value: unknown
}

/** An attempt to run a workflow that failed and was followed by another one. */
export interface RetriedAttempt {
  readonly workflow: string
  /** From 1. */
  readonly attempt: number
  readonly code: string
  readonly message: string
}

/** What a run tells about itself once it has ended. */
export interface RunReport {
  readonly runId: string
  /** For each workflow of the run: its name, its prompt id and how long it took, in milliseconds. */
  readonly workflows: readonly {
    readonly name: string
    readonly promptId: string
    readonly milliseconds: number
    readonly allCached: boolean
  }[]
  readonly warnings: readonly string[]
  /** What was sent again, and why: one entry for each attempt that failed. */
  readonly retries: readonly RetriedAttempt[]
  readonly seeds: readonly SentSeed[]
  readonly skipped: readonly SkippedOutput[]
  readonly files: readonly RunFile[]
}

/** The parts of a report while it is being written. */
export interface RunRecord {
  readonly runId: string
  readonly workflows: { name: string; promptId: string; milliseconds: number; allCached: boolean }[]
  readonly warnings: string[]
  readonly retries: RetriedAttempt[]
  readonly seeds: SentSeed[]
  readonly skipped: SkippedOutput[]
  readonly files: RunFile[]
}

/** @internal */
interface RunParts {
  readonly events: EventStream
  readonly record: RunRecord
  readonly ended: Promise<void>
  readonly cancel: (reason?: DiscomfortError) => Promise<boolean>
}

/**
 * A run that has begun: a promise of its outputs, and a stream of its events.
 * `break` in a loop over the events detaches and does not cancel; a loop throws the run's error.
 *
 * @example
 * const run = discomfort.run('portrait.json')
 * for await (const event of run) if (event.type === 'progress') console.log(event.overall)
 * const outputs = await run
 */
export class Run<Outputs> implements Promise<Outputs>, AsyncIterable<RunEvent> {
  readonly [Symbol.toStringTag] = 'Run'
  readonly id: string
  readonly #result: Promise<Outputs>
  readonly #events: EventStream
  readonly #record: RunRecord
  readonly #cancel: (reason?: DiscomfortError) => Promise<boolean>
  /** @internal Resolves when the run has ended, whatever way. */
  readonly ended: Promise<void>

  /** @internal */
  constructor(result: Promise<Outputs>, parts: RunParts) {
    this.#result = result
    this.#events = parts.events
    this.#record = parts.record
    this.#cancel = parts.cancel
    this.ended = parts.ended
    this.id = parts.record.runId
  }

  /** What SaveImage and other output nodes saved so far; all of it once the run has ended. */
  get files(): readonly RunFile[] {
    return this.#record.files
  }

  /** OUTPUT ports that were bypassed, muted or blocked. */
  get skipped(): readonly SkippedOutput[] {
    return this.#record.skipped
  }

  /** Timings, warnings, files and skipped ports so far. */
  get report(): RunReport {
    return this.#record
  }

  /**
   * Cancels the run's job on the server and resolves when the server confirms its end. True: the run has failed, as a rule
   * with `ABORTED`. False: it was done first, and has its results.
   */
  cancel(): Promise<boolean> {
    return this.#cancel()
  }

  /** @internal Cancels because the owner closes: the run fails with `CLOSED`, and nobody has to hear of it. */
  async close(): Promise<void> {
    this.#result.catch(() => undefined)
    await this.#cancel(
      new DiscomfortError('CLOSED', 'Discomfort was closed while this run was under way; its job was cancelled.', {
        details: { what: 'Discomfort' },
      }),
    )
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a run is a promise by design
  then<A = Outputs, B = never>(
    onFulfilled?: ((outputs: Outputs) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Outputs | B> {
    return this.#result.catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Outputs> {
    return this.#result.finally(onFinally)
  }

  /** The run's events from its beginning; each loop reads for itself. */
  [Symbol.asyncIterator](): AsyncIterator<RunEvent> {
    // Whoever reads the events gets the error there; the promise counts as handled then.
    this.#result.catch(() => undefined)
    return this.#events.read()
  }
}
