import type { LogLevel } from '../../events/event.ts'
import { logLevel } from '../../events/log-level.ts'
import type { ServerSocket } from './socket.ts'

/** A line that ComfyUI printed. */
export interface LogLine {
  /** In milliseconds since 1970, when it was heard. */
  readonly time: number
  /** As far as its text tells: ComfyUI prints most lines without one, which count as `info`. */
  readonly level: LogLevel
  readonly text: string
}

/** How many lines wait for a slow reader. */
const most = 10_000

/** The lines that a server prints from when `ask` has it send them, until `signal` fires. */
export async function* followLog(
  socket: ServerSocket,
  ask: () => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const waiting: LogLine[] = []
  let wake: (() => void) | undefined
  const resume = () => wake?.()
  const stop = socket.listenToLog((text) => {
    if (waiting.length === most) waiting.shift()
    waiting.push({ time: Date.now(), level: logLevel(text), text })
    resume()
  })
  signal.addEventListener('abort', resume, { once: true })
  try {
    // Only now, when somebody listens: the first lines may come before the answer.
    await ask()
    while (!signal.aborted) {
      const line = waiting.shift()
      if (line) yield line
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    stop()
    signal.removeEventListener('abort', resume)
  }
}
