import type { Browser } from 'playwright-core'
import type { Prompt } from '../prompt/prompt.ts'
import type { Workflow } from '../workflow/document.ts'
import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import { askPage } from './ask-page.ts'
import type { FrontendOptions, FrontendServer } from './frontend-options.ts'
import { launchBrowser } from './launch-browser.ts'
import { loadPlaywright } from './load-playwright.ts'
import { openPage } from './open-page.ts'

/** The official frontend of one server, driven in a browser of the user's. */
export interface Frontend {
  /**
   * The prompt that the page would send for a workflow. Each call starts a browser and closes it, whatever happens.
   * @throws {@link DiscomfortError} `PACKAGE_MISSING`, `BROWSER_NOT_FOUND`, `BROWSER_FAILED`, `SERVER_UNREACHABLE`,
   * `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`, `WORKFLOW_NODES_MISSING`, `WORKFLOW_INVALID`, `TIMEOUT`, `ABORTED`
   */
  convert(workflow: Workflow, options: FrontendOptions): Promise<Prompt>
  /** Ends the conversions that run with `reason`, and resolves when their browsers are closed. */
  close(reason: DiscomfortError): Promise<void>
}

/** Starts nothing before it is asked. */
export function createFrontend(server: FrontendServer): Frontend {
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  return {
    async convert(workflow, { source, signal, timeout }) {
      const ends = [closing.signal, AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]
      const end = AbortSignal.any(ends)
      const work = convert(server, workflow, source, end)
      const settled = work.catch(() => undefined)
      running.add(settled)
      try {
        return await work
      } catch (error) {
        throw end.aborted ? ended(end.reason, server, timeout, signal) : error
      } finally {
        running.delete(settled)
      }
    },
    async close(reason) {
      closing.abort(reason)
      await Promise.all(running)
    },
  }
}

async function convert(server: FrontendServer, workflow: Workflow, source: string, end: AbortSignal): Promise<Prompt> {
  end.throwIfAborted()
  const chromium = await loadPlaywright()
  const browser = await launchBrowser(chromium)
  let closed: Promise<void> | undefined
  // Whatever is awaited in the browser fails when it is closed. Only the first call waits until its process has ended.
  const close = (): Promise<void> => (closed ??= leave(browser))
  const closeNow = (): void => void close()
  end.addEventListener('abort', closeNow)
  try {
    end.throwIfAborted()
    const page = await openPage(browser, server)
    return await askPage(page, workflow, source)
  } catch (error) {
    if (isDiscomfortError(error) || end.aborted) throw error
    const reason = (error as Error).message.split('\n', 1)[0] as string
    throw new DiscomfortError(
      'BROWSER_FAILED',
      `The browser ended while it had ComfyUI's page open: ${reason}. Try again; if it comes back, set DISCOMFORT_CHROMIUM to another.`,
      { details: { browser: `Chromium ${browser.version()}`, reason }, cause: error },
    )
  } finally {
    end.removeEventListener('abort', closeNow)
    await close()
  }
}

/**
 * Closes a browser. Its page is left before that: what a page asks for while its browser ends goes past our routes, so
 * that it would come without the token, and could be a write that they keep from the server.
 */
async function leave(browser: Browser): Promise<void> {
  const pages = browser.contexts().flatMap((context) => context.pages())
  const nowhere = { waitUntil: 'commit', timeout: 2000 } as const
  await Promise.all(pages.map((page) => page.goto('about:blank', nowhere).catch(() => undefined)))
  await browser.close().catch(() => undefined)
}

/** Why a conversion was ended before it was done. */
function ended(
  reason: unknown,
  { base }: FrontendServer,
  timeout: number,
  signal: AbortSignal | undefined,
): DiscomfortError {
  if (signal?.aborted) {
    return new DiscomfortError('ABORTED', "Asking ComfyUI's page was aborted; its browser is closed.", {
      details: {},
      cause: reason,
    })
  }
  if (isDiscomfortError(reason)) return reason
  return new DiscomfortError(
    'TIMEOUT',
    `The page of ComfyUI at ${base} gave no prompt within ${timeout} ms. Raise timeout, or open ${base} in a browser to see what it waits for.`,
    { details: { after: timeout, what: "ComfyUI's page" }, cause: reason },
  )
}
