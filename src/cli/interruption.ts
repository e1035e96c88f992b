import { DiscomfortError } from '../errors.ts'
import { tell } from './write.ts'

let controller: AbortController | undefined

/**
 * Fires at the first Ctrl-C (or when the process is asked to end), so that the run is cancelled and everything closed;
 * the second one ends the process at once, and its ComfyUI with it.
 */
export function interruption(announce: (text: string) => void = tell): AbortSignal {
  if (controller) return controller.signal
  const made = new AbortController()
  controller = made
  const interrupt = () => {
    if (made.signal.aborted) process.exit(130)
    announce('Cancelling … (once more to end at once)')
    made.abort(new DiscomfortError('ABORTED', 'Interrupted.', { details: { reason: 'interrupted by the user' } }))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt)
  return made.signal
}
