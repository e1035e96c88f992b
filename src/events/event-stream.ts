import type { EventDetails, EventType, RunEvent } from './event.ts'

/** How many events a stream keeps for readers that come late. */
const keptForLate = 10_000
/** How many progress, preview, text and log events a slow reader can be behind. */
const keptPassing = 1000

/** The events of one run: written by the run, read by any number of readers, each at its own pace. */
export interface EventStream {
  emit<Type extends EventType>(type: Type, workflowIndex: number, details: EventDetails[Type]): void
  /** Says which round (from 0) the following events belong to. */
  round(iteration: number): void
  /** Says which attempt (from 1) the following events belong to. */
  attempt(attempt: number): void
  /** Ends the stream; with an error, readers get the error after the last event. */
  close(error?: { readonly reason: unknown }): void
  /** A reader of its own from the first event that is still kept. */
  read(): AsyncIterableIterator<RunEvent>
  /** Whether anybody hears of the events now. */
  readonly isHeard: boolean
  /** How many events were dropped because nobody read them in time. */
  readonly dropped: number
}

/**
 * A buffer with a cursor for each reader. Of the progress and previews of one node only the newest are kept, and of all
 * passing events a thousand, so that a slow reader is never far behind and never fills the memory with pictures. What no
 * reader waits for any more is kept for late ones as long as there are not more than ten thousand events.
 */
export function createEventStream(runId: string, listener?: (event: RunEvent) => void): EventStream {
  const kept: RunEvent[] = []
  const readers = new Set<{ seen: number }>()
  const waiting = new Set<() => void>()
  let next = 0
  let passing = 0
  let dropped = 0
  let iteration = 0
  let attempt = 1
  let end: { error?: { readonly reason: unknown } | undefined } | undefined

  function drop(index: number): void {
    const [gone] = kept.splice(index, 1)
    if (gone && isPassing(gone)) passing -= 1
    dropped += 1
  }

  /** The steps and the previews of a node come in turns. */
  function dropOlder(event: RunEvent): void {
    if (!replaces(event)) return
    for (let index = kept.length - 1; index >= kept.length - 2; index -= 1) {
      const older = kept[index]
      if (!older || !replaces(older) || older.node !== event.node) return
      if (older.type === event.type) return drop(index)
    }
  }

  function makeRoom(event: RunEvent): void {
    if (passing >= keptPassing && isPassing(event)) drop(kept.findIndex(isPassing))
    if (kept.length < keptForLate) return
    const oldest = kept[0] as RunEvent
    for (const { seen } of readers) if (seen < oldest.seq) return
    drop(0)
  }

  function wake(): void {
    for (const resume of waiting) resume()
    waiting.clear()
  }

  /** Where the first event after one that was seen is: sequence numbers grow. */
  function after(seen: number): number {
    let low = 0
    let high = kept.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((kept[middle] as RunEvent).seq > seen) high = middle
      else low = middle + 1
    }
    return low
  }

  async function* read(): AsyncGenerator<RunEvent> {
    const reader = { seen: -1 }
    readers.add(reader)
    try {
      for (;;) {
        const event = kept[after(reader.seen)]
        if (event) {
          reader.seen = event.seq
          yield event
        } else if (end) {
          if (end.error) throw end.error.reason
          return
        } else {
          await new Promise<void>((resolve) => waiting.add(resolve))
        }
      }
    } finally {
      readers.delete(reader)
    }
  }

  return {
    get dropped() {
      return dropped
    },
    get isHeard() {
      return listener !== undefined || readers.size > 0
    },
    emit(type, workflowIndex, details) {
      if (end) return
      const about = { v: 1, seq: next++, time: Date.now(), runId, iteration, workflowIndex, attempt, type }
      const event = Object.assign(about, details) as unknown as RunEvent
      dropOlder(event)
      makeRoom(event)
      kept.push(event)
      if (isPassing(event)) passing += 1
      if (waiting.size > 0) wake()
      listener?.(event)
    },
    round(current) {
      iteration = current
    },
    attempt(current) {
      attempt = current
    },
    close(error) {
      if (end) return
      end = { error }
      wake()
    },
    read,
  }
}

type Passing = Extract<RunEvent, { type: 'progress' | 'preview' | 'text' | 'log' }>

function isPassing(event: RunEvent): event is Passing {
  return replaces(event) || event.type === 'text' || event.type === 'log'
}

/** What is of no interest any more once a newer one is there. */
function replaces(event: RunEvent): event is Extract<RunEvent, { type: 'progress' | 'preview' }> {
  return event.type === 'progress' || event.type === 'preview'
}
