import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { provideChromium } from '../../../scripts/chromium.ts'
import { waitUntilReady } from '../../../src/frontend/open-page.ts'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import type { Workflow } from '../../../src/workflow/document.ts'
import type { PageWindow } from './page-window.ts'

/** ComfyUI's page in a browser of its own. */
export interface ComfyPage {
  readonly page: Page
  readonly server: string
  /** What went wrong in the page's own code since it was ready. */
  readonly errors: readonly string[]
  /** Opens a workflow as if the user had chosen its file. */
  open(workflow: unknown): Promise<void>
  /** The prompt that the page makes of what it shows. */
  prompt(): Promise<Prompt>
  /** What the page would save. */
  saved(): Promise<Workflow>
  /** Queues what the page shows and waits until the server is done with it. */
  queue(): Promise<Outcome>
  close(): Promise<void>
}

/** What the history says about a prompt. */
interface Outcome {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>
  readonly status: { readonly status_str: string; readonly messages: readonly (readonly [string, object])[] }
}

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Which of its two ways the page draws nodes: on the canvas, or as elements ("Nodes 2.0"). */
export type Drawing = 'canvas' | 'elements'

/** Opens the page of a server. Playwright gives every browser a new profile and removes it again. */
export async function openComfyPage(server: string, drawing: Drawing = 'canvas'): Promise<ComfyPage> {
  await writeSettings(server, {
    // On the first visit of a user folder the page opens a dialog with templates over everything.
    'Comfy.TutorialCompleted': true,
    'Comfy.VueNodes.Enabled': drawing === 'elements',
  })
  const browser = await chromium.launch({ executablePath: await provideChromium(), args: chromiumArguments })
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
    // A guard against hangs, as in vitest.config.ts.
    page.setDefaultTimeout(120_000)
    // Nothing outside takes part: the page asks for news of its maker otherwise.
    await page.route(
      (url) => url.origin !== server,
      (route) => route.abort(),
    )
    await page.goto(server)
    await waitUntilReady(page)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      // Files that the page merely tries to find, and the news that it may not get.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        errors.push(message.text())
    })
    return comfyPage(page, server, errors, () => browser.close())
  } catch (error) {
    await browser.close()
    throw error
  }
}

function comfyPage(page: Page, server: string, errors: readonly string[], close: () => Promise<void>): ComfyPage {
  return {
    page,
    server,
    errors,
    open: (workflow) =>
      page.evaluate(
        (opened) => (globalThis as unknown as PageWindow).app.loadGraphData(opened, true, true, null, {}),
        workflow,
      ),
    prompt: () =>
      page.evaluate(async () => {
        const { output } = await (globalThis as unknown as PageWindow).app.graphToPrompt()
        // As it would be sent: what is undefined is left out.
        return JSON.parse(JSON.stringify(output)) as Prompt
      }),
    saved: () =>
      page.evaluate(
        () => JSON.parse(JSON.stringify((globalThis as unknown as PageWindow).app.rootGraph.serialize())) as Workflow,
      ),
    queue: () => queue(page, server),
    close,
  }
}

async function queue(page: Page, server: string): Promise<Outcome> {
  const [response] = await Promise.all([
    page.waitForResponse((one) => one.request().method() === 'POST' && new URL(one.url()).pathname === '/api/prompt'),
    page.evaluate(() => (globalThis as unknown as PageWindow).app.queuePrompt(0, 1)),
  ])
  const answer = (await response.json()) as { prompt_id?: string }
  if (!answer.prompt_id) throw new Error(`The server refused the prompt: ${JSON.stringify(answer)}`)
  for (const end = Date.now() + 240_000; Date.now() < end; await sleep(25)) {
    const history = (await (await fetch(`${server}/history/${answer.prompt_id}`)).json()) as Record<string, Outcome>
    const outcome = history[answer.prompt_id]
    if (outcome) return outcome
  }
  throw new Error(`The prompt ${answer.prompt_id} did not end.`)
}

async function writeSettings(server: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(`${server}/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  })
  if (!response.ok) throw new Error(`The settings of ComfyUI's page cannot be written: ${response.status}`)
}
