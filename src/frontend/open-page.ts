import type { Browser, Page } from 'playwright-core'
import { DiscomfortError } from '../errors.ts'
import type { FrontendServer } from './frontend-options.ts'
import { guardStorage } from './guard-storage.ts'
import type { FrontendWindow } from './page-window.ts'
import { sendHeaders } from './send-headers.ts'

/** How long a page may show nothing before that counts as its beginning, in milliseconds. */
const emptyFor = 3000

/**
 * Opens the page of a server as a visitor who leaves nothing behind, and waits until workflows can be opened in it.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`
 */
export async function openPage(browser: Browser, server: FrontendServer): Promise<Page> {
  const { base } = server
  // What a service worker asks for would go past our routes.
  const context = await browser.newContext({
    viewport: { width: 1600, height: 900 },
    serviceWorkers: 'block',
  })
  context.setDefaultTimeout(0)
  await sendHeaders(context, server)
  await guardStorage(context, server)
  const page = await context.newPage()
  let status = 200
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) status = response.status()
  })
  // Playwright calls a refusal without a text a failure, so the status is looked at first.
  const failed = await page.goto(`${base}/`, { waitUntil: 'commit' }).then(
    () => undefined,
    (error: unknown) => error as Error,
  )
  const refused = refusal(base, status)
  if (refused) throw refused
  if (failed) throw unreachable(base, failed)
  await waitUntilReady(page)
  return page
}

function refusal(base: string, status: number): DiscomfortError | undefined {
  if (status === 401 || status === 403) {
    return new DiscomfortError(
      'SERVER_UNAUTHORIZED',
      `ComfyUI at ${base} refuses its page (HTTP ${status}). Give a token, or a user and password in the address.`,
      { details: { url: base, status } },
    )
  }
  if (status < 400) return undefined
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `ComfyUI at ${base} has no page (HTTP ${status}). Convert without it, or start it with its frontend.`,
    { details: { url: base, reason: `HTTP ${status} for its page` } },
  )
}

/** What is no failure of the net is one of the browser. */
function unreachable(base: string, cause: Error): Error {
  const reason = /net::(\w+)/.exec(cause.message)?.[1]
  if (reason === undefined) return cause
  return new DiscomfortError(
    'SERVER_UNREACHABLE',
    `The page of ComfyUI at ${base} cannot be opened: ${reason}. Is it running, and is the address right?`,
    { details: { url: base, reason }, cause },
  )
}

/** Waits until a page that was opened has shown its first workflow, which would take the place of another. */
export async function waitUntilReady(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { app } = globalThis as unknown as Partial<FrontendWindow>
    return app?.vueAppReady === true && !app.extensionManager.spinner
  })
  const isFilled = () => (globalThis as unknown as FrontendWindow).app.rootGraph.nodes.length > 0
  // A page may also begin with nothing, as its user's settings are.
  await page.waitForFunction(isFilled, undefined, { timeout: emptyFor }).catch((error: unknown) => {
    if ((error as Error).name !== 'TimeoutError') throw error
  })
}
