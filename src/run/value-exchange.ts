import type { StoredValue } from '../context/stored-value.ts'
import type { Receipt } from '../schema/receipt.ts'
import type { SaverEntry } from '../schema/saver-entry.ts'
import type { SubmitNote } from '../schema/submit.ts'
import type { PlannedOutput } from './run-plan.ts'

/** How the values of a context come to a server and back. */
export interface ValueExchange {
  /** Makes ready what loaders read, and a place for what savers write. A run of numbers alone touches nothing. */
  provide(loads: readonly StoredValue[], outputs: readonly PlannedOutput[], signal: AbortSignal): Promise<void>
  /** What a submit tells of it: the checksums of files that lie on disk, and the share of memory that savers may take. */
  note(reads: readonly Receipt[], useRam: boolean): Pick<SubmitNote, 'digests' | 'ram'>
  /** Brings what savers wrote to where the context finds it: all of it or nothing. */
  take(entries: readonly SaverEntry[], useRam: boolean, signal: AbortSignal): Promise<void>
}

/** Types whose values travel inside messages. */
const alwaysSmall: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'BOOLEAN'])

/** Whether a run may need files. */
export function needsFiles(loads: readonly StoredValue[], outputs: readonly PlannedOutput[]): boolean {
  return loads.length > 0 || outputs.some(({ type, resident }) => resident || !alwaysSmall.has(type))
}
