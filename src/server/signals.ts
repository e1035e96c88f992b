import { constants } from 'node:os'
import { inspect } from 'node:util'
import { isDiscomfortError } from '../errors.ts'

/** What asks a process to end: Ctrl-C, a supervisor, a terminal that is closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type EndSignal = (typeof signals)[number]

/** `npm` and other parents hand a Ctrl-C on that the terminal sent to all of them. */
const echo = 100

const open = new Set<() => Promise<void>>()
const listeners = new Map<EndSignal, () => void>()
let first: { readonly at: number; readonly isOurs: boolean } | undefined

/**
 * Closes a handle when this process is asked to end by SIGINT, SIGTERM or SIGHUP, and then lets the signal end it as it
 * would have. A second signal ends it at once, with the ComfyUIs that it started. A signal for which the script has a
 * listener of its own is left to that, the first time. Nothing is listened for while no handle is open.
 *
 * @returns what to call once the handle is closed
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  open.add(close)
  if (listeners.size === 0) listen()
  return () => {
    open.delete(close)
    // While all are closed by a signal, a second one must still be heard.
    if (open.size > 0 || first?.isOurs) return
    first = undefined
    stopListening()
  }
}

function listen(): void {
  for (const signal of signals) {
    const listener = () => onSignal(signal)
    listeners.set(signal, listener)
    process.on(signal, listener)
  }
}

function stopListening(): void {
  for (const [signal, listener] of listeners) process.off(signal, listener)
  listeners.clear()
}

function onSignal(signal: EndSignal): void {
  if (first && Date.now() - first.at < echo) return
  // What ComfyUIs we started ends with us, at once.
  if (first) process.exit(128 + constants.signals[signal])
  first = { at: Date.now(), isOurs: process.listenerCount(signal) === 1 }
  if (!first.isOurs) return
  process.on('uncaughtException', tellOfOthers)
  void Promise.all([...open].map((close) => close())).then(() => {
    stopListening()
    process.kill(process.pid, signal)
  })
}

/** What falls over because its handle was closed tells nothing new, and must not end the process before the rest is closed. */
function tellOfOthers(error: unknown): void {
  if (!isDiscomfortError(error, 'CLOSED')) process.stderr.write(`${inspect(error)}\n`)
}
