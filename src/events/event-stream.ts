import type { EventDetails, EventType, RunEvent } from './event.ts'

/** How many events a stream keeps for readers that come late or read slowly. */
const bufferSize = 10_000

/** The events of one run: written by the run, read by any number of readers, each at its own pace. */
export interface EventStream {
  emit<Type extends EventType>(type: Type, workflowIndex: number, details: EventDetails[Type]): void
  /** Says which round (from 0) the following events belong to. */
  round(iteration: number): void
  /** Ends the stream; with an error, readers get the error after the last event. */
  close(error?: { readonly reason: unknown }): void
  /** A reader of its own from the first event that is still kept. */
  read(): AsyncIterableIterator<RunEvent>
  /** How many progress and preview events were dropped because nobody read them in time. */
  readonly dropped: number
}

/**
 * A bounded buffer with a cursor for each reader. Where it is full, the oldest progress or preview goes; lifecycle and
 * value events stay. Of progress and previews of one node only the newest are kept, so that a slow reader is never far
 * behind and long runs do not fill the memory with pictures.
 */
export function createEventStream(runId: string, listener?: (event: RunEvent) => void): EventStream {
  const kept: RunEvent[] = []
  let next = 0
  let dropped = 0
  let iteration = 0
  let end: { error?: { readonly reason: unknown } | undefined } | undefined
  const waiting = new Set<() => void>()

  /** The steps and the previews of a node come in turns. */
  function dropOlder(event: RunEvent): void {
    for (let index = kept.length - 1; index >= kept.length - 2; index -= 1) {
      const older = kept[index]
      if (!older || !isPassing(older) || !isPassing(event) || older.node !== event.node) return
      if (older.type !== event.type) continue
      kept.splice(index, 1)
      dropped += 1
      return
    }
  }

  function makeRoom(): void {
    if (kept.length < bufferSize) return
    const index = kept.findIndex(isPassing)
    if (index < 0) return
    kept.splice(index, 1)
    dropped += 1
  }

  function wake(): void {
    for (const resume of waiting) resume()
    waiting.clear()
  }

  return {
    get dropped() {
      return dropped
    },
    emit(type, workflowIndex, details) {
      if (end) return
      const event = {
        v: 1,
        seq: next++,
        time: Date.now(),
        runId,
        iteration,
        workflowIndex,
        type,
        ...details,
      } as unknown as RunEvent
      dropOlder(event)
      makeRoom()
      kept.push(event)
      wake()
      listener?.(event)
    },
    round(current) {
      iteration = current
    },
    close(error) {
      if (end) return
      end = { error }
      wake()
    },
    async *read() {
      let seen = -1
      let position = 0
      for (;;) {
        // What was dropped meanwhile has moved the next event forward.
        position = Math.min(position, kept.length)
        while (position > 0 && (kept[position - 1] as RunEvent).seq > seen) position -= 1
        const event = kept[position]
        if (event) {
          seen = event.seq
          position += 1
          yield event
        } else if (end) {
          if (end.error) throw end.error.reason
          return
        } else {
          await new Promise<void>((resolve) => waiting.add(resolve))
        }
      }
    },
  }
}

function isPassing(event: RunEvent): event is Extract<RunEvent, { type: 'progress' | 'preview' }> {
  return event.type === 'progress' || event.type === 'preview'
}
