import { DiscomfortError } from '../errors.ts'
import { checkKeys } from '../schema/check-keys.ts'
import { longestTimer } from './longest-timer.ts'

/** How a connector makes the prompt of a workflow. */
export interface PromptOptions {
  /**
   * By what. `'definitions'` (default): by our own conversion and the server's node definitions, in milliseconds.
   * `'frontend'`: by ComfyUI's own page in a Chromium or Chrome, in some seconds; it needs the package playwright-core.
   */
  readonly via?: 'definitions' | 'frontend' | undefined
  /** Gives the conversion up when it fires, and closes the browser. */
  readonly signal?: AbortSignal | undefined
  /** How long the page may take, in milliseconds, the start of the browser included. Default: 120,000. */
  readonly timeout?: number | undefined
}

const ways: readonly unknown[] = ['definitions', 'frontend'] satisfies PromptOptions['via'][]

/** Fills in defaults. Throws `CONFIG_INVALID` for what cannot be meant. */
export function readPromptOptions(options: PromptOptions): PromptOptions & { readonly timeout: number } {
  checkKeys(options, ['via', 'signal', 'timeout'], 'getPromptFromWorkflow')
  const { via = 'definitions', signal, timeout = 120_000 } = options
  if (!ways.includes(via)) throw invalid('via', `it is "${via}"; it takes 'definitions' or 'frontend'.`)
  if (!(timeout >= 0)) throw invalid('timeout', `it is ${timeout}; it takes milliseconds.`)
  return { via, signal, timeout: Math.min(timeout, longestTimer) }
}

function invalid(key: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError('CONFIG_INVALID', `getPromptFromWorkflow: ${key} does not fit: ${reason}`, {
    details: { key, reason },
  })
}
