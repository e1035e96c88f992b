import { randomUUID } from 'node:crypto'
import { contextStore, WorkflowContext } from '../context/workflow-context.ts'
import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import type { RunEvent } from '../events/event.ts'
import { createEventStream } from '../events/event-stream.ts'
import { hideSecret } from '../log/secrets.ts'
import { checkKeys } from '../schema/check-keys.ts'
import { longestTimer } from '../server/longest-timer.ts'
import { ownBindings, sharedBindings } from './bindings.ts'
import { Run, type RunRecord } from './run.ts'
import type { OutputKinds, RunOptions, RunOutputs } from './run-options.ts'
import type { RunHost } from './run-host.ts'
import { retryPolicy } from './retry-policy.ts'
import { warn } from './run-prompt.ts'
import { runWorkflows } from './run-workflows.ts'
import type { WorkflowSource } from './loaded-workflow.ts'

const optionNames = [
  'context',
  'inputs',
  'outputs',
  'stitch',
  'iterations',
  'until',
  'passBy',
  'useRam',
  'retries',
  'timeout',
  'executionTimeout',
  'login',
  'previews',
  'signal',
  'onEvent',
  'seeds',
  'dynamicPrompts',
  'missingNodes',
  'random',
] as const satisfies (keyof RunOptions)[]

/** Begins a run at once: gives the promise, its events and the means to cancel it. */
export function startRun<const Kinds extends OutputKinds>(
  host: RunHost,
  sources: readonly WorkflowSource[],
  options: RunOptions<Kinds>,
  { isolated = false }: { readonly isolated?: boolean } = {},
): Run<RunOutputs<Kinds>> {
  const runId = randomUUID()
  const record: RunRecord = { runId, workflows: [], warnings: [], retries: [], seeds: [], skipped: [], files: [] }
  const begun = performance.now()
  const controller = new AbortController()
  let thrown: { readonly reason: unknown } | undefined
  // What a listener throws must not fall into the hands of the socket: it cancels the run and is its error.
  const { onEvent } = options
  const tell = (event: RunEvent): void => {
    try {
      onEvent?.(event)
    } catch (reason) {
      thrown ??= { reason }
      controller.abort(reason)
    }
  }
  const events = createEventStream(runId, onEvent && tell)
  const context = options.context ?? new WorkflowContext({}, host.roots)

  const result = withLimits(controller, options, async () => {
    checkKeys(options, optionNames, 'run')
    hideSecret(options.login?.apiKey)
    hideSecret(options.login?.authToken)
    checkMilliseconds('executionTimeout', options.executionTimeout)
    const mayRetry = retryPolicy(options.retries)
    const store = context[contextStore]
    const bindings = isolated ? ownBindings(store) : sharedBindings(store)
    try {
      // What `until` gets is typed for the caller by the kinds that are asked for.
      const untyped = options as unknown as RunOptions
      const owned = isolated || !options.context
      const running = { options: untyped, store, bindings, events, record, signal: controller.signal, owned, mayRetry }
      const outputs = await runWorkflows(host, sources, running)
      if (thrown) throw thrown.reason
      if (controller.signal.aborted) warn(tooLate, Math.max(0, record.workflows.length - 1), running)
      return outputs
    } finally {
      bindings.end()
      if (!options.context) await context.shutdown()
    }
  }) as Promise<RunOutputs<Kinds>>

  const ended = result.then(
    () => events.close(),
    (reason: unknown) => {
      const code = isDiscomfortError(reason) ? reason.code : 'UNKNOWN'
      const type = code === 'ABORTED' || code === 'CLOSED' ? 'cancelled' : 'failed'
      events.emit(type, Math.max(0, record.workflows.length - 1), {
        code,
        message: (reason as Error).message,
        milliseconds: performance.now() - begun,
      })
      events.close({ reason })
    },
  )
  // A promise of its own for the caller: one that nobody looks at still counts as unhandled when it fails.
  const visible = result.then((outputs) => outputs)
  const cancel = async (reason?: DiscomfortError) => {
    controller.abort(
      reason ?? new DiscomfortError('ABORTED', 'The run was cancelled.', { details: { reason: 'cancel()' } }),
    )
    await ended
    return result.then(
      () => false,
      () => true,
    )
  }
  return new Run(visible, { events, record, ended, cancel })
}

/** Runs the work under the caller's signal and time limit; what ended it is told, not the interrupt that it caused. */
async function withLimits<T>(
  controller: AbortController,
  options: Pick<RunOptions, 'signal' | 'timeout'>,
  work: () => Promise<T>,
): Promise<T> {
  const { signal, timeout } = options
  const onAbort = () =>
    controller.abort(
      new DiscomfortError('ABORTED', 'The run was aborted by its signal.', {
        details: { reason: String(signal?.reason) },
        cause: signal?.reason,
      }),
    )
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  checkMilliseconds('timeout', timeout)
  const timer =
    timeout === undefined || timeout > longestTimer
      ? undefined
      : setTimeout(
          () =>
            controller.abort(
              new DiscomfortError(
                'TIMEOUT',
                `The run did not end within ${timeout} ms; its job was cancelled. Raise timeout, or look at what the server does.`,
                { details: { after: timeout, what: 'run' } },
              ),
            ),
          timeout,
        )
  try {
    return await work()
  } catch (error) {
    if (controller.signal.aborted && isDiscomfortError(error, 'ABORTED')) throw controller.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

const tooLate = 'The run was done before it could be cancelled: it has its results.'

/** @throws {@link DiscomfortError} `CONFIG_INVALID` */
function checkMilliseconds(key: string, value: number | undefined): void {
  if (value === undefined || value >= 0) return
  throw new DiscomfortError('CONFIG_INVALID', `run: ${key} is ${value}; it takes milliseconds.`, {
    details: { key, reason: 'no number of milliseconds' },
  })
}
