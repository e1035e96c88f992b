import { DiscomfortError } from '../errors.ts'
import { checkCount } from './check-count.ts'
import type { Run, RunReport } from './run.ts'
import type { OutputKinds, RunOptions } from './run-options.ts'

/** The inputs of one of the runs of {@link Discomfort.map}, by `unique_id` or address. */
export type MapItem = Readonly<Record<string, unknown>>

/** How {@link Discomfort.map} runs. The options of a run hold for each of them. */
export interface MapOptions<Kinds extends OutputKinds, Item extends MapItem, Outputs> extends Omit<
  RunOptions<Kinds>,
  'onEvent'
> {
  /** How many runs are on their way at the same time. Default 2: the server works on one while the next is made ready. */
  readonly concurrency?: number | undefined
  /** Called when a run has ended, in the order in which they end. */
  readonly onResult?: ((result: MapResult<Item, Outputs>) => void) | undefined
}

/** What became of one item. */
export type MapResult<Item, Outputs> = {
  readonly item: Item
  readonly index: number
  /** Undefined where the run was not begun any more. */
  readonly report: RunReport | undefined
} & (
  | { readonly status: 'fulfilled'; readonly outputs: Outputs }
  | { readonly status: 'rejected'; readonly error: unknown }
)

/** Runs once for each item, a few at a time. Results come in the order of the items; a failure does not lose the others. */
export async function mapRuns<Item, Outputs>(
  items: readonly Item[],
  begin: (item: Item) => Run<Outputs>,
  {
    concurrency = 2,
    signal,
    onResult,
  }: Pick<MapOptions<OutputKinds, MapItem, Outputs>, 'concurrency' | 'signal'> & {
    readonly onResult?: ((result: MapResult<Item, Outputs>) => void) | undefined
  },
): Promise<MapResult<Item, Outputs>[]> {
  checkCount('map', 'concurrency', concurrency)
  const results: MapResult<Item, Outputs>[] = []
  const open = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of open) {
      const result = signal?.aborted ? notBegun(item, index, signal) : await one(item, index)
      results[index] = result
      onResult?.(result)
    }
  }
  const one = async (item: Item, index: number): Promise<MapResult<Item, Outputs>> => {
    let run: Run<Outputs> | undefined
    try {
      run = begin(item)
      const outputs = await run
      return { item, index, status: 'fulfilled', outputs, report: run.report }
    } catch (error) {
      return { item, index, status: 'rejected', error, report: run?.report }
    }
  }
  // All workers take from one iterator, so each item is begun once.
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
  return results
}

function notBegun<Item>(item: Item, index: number, signal: AbortSignal): MapResult<Item, never> {
  const message = 'The run was not begun: the map was aborted by its signal.'
  const error = new DiscomfortError('ABORTED', message, {
    details: { reason: String(signal.reason) },
    cause: signal.reason,
  })
  return { item, index, status: 'rejected', error, report: undefined }
}
