import type { Browser, BrowserType, LaunchOptions } from 'playwright-core'
import { DiscomfortError } from '../errors.ts'
import { findChromium, isExecutable } from './find-chromium.ts'

/** What playwright knows by itself: a browser that it downloaded, Chrome and Edge where their installers put them. */
const ownPlaces: readonly LaunchOptions[] = [{}, { channel: 'chrome' }, { channel: 'msedge' }]

/**
 * Starts the browser of `DISCOMFORT_CHROMIUM`, else an installed Chromium or Chrome, else one that playwright knows of.
 * It has no window and a new profile, which is removed when it closes.
 *
 * @throws {@link DiscomfortError} `BROWSER_NOT_FOUND`, or `BROWSER_FAILED` where the browser does not start
 */
export async function launchBrowser(chromium: BrowserType, env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const named = env['DISCOMFORT_CHROMIUM']
  if (named && !(await isExecutable(named))) {
    throw notFound(
      `DISCOMFORT_CHROMIUM is "${named}", which is no program that can be run. Set it to the path of one`,
      [named],
    )
  }
  const executablePath = named || (await findChromium())
  return launchFirst(chromium, executablePath ? [{ executablePath }] : ownPlaces)
}

/** Starts the first of several browsers that is there. */
export async function launchFirst(chromium: BrowserType, places: readonly LaunchOptions[]): Promise<Browser> {
  const refusals: string[] = []
  for (const place of places) {
    try {
      return await chromium.launch({ ...place, ...quietly })
    } catch (error) {
      const said = firstLine(error)
      if (!isAbsent(said)) throw failed(place, said, error)
      refusals.push(said)
    }
  }
  throw notFound("There is no Chromium or Chrome here to open ComfyUI's page. Set DISCOMFORT_CHROMIUM to one", refusals)
}

/** Signals are for the program that uses us: playwright would end it. */
const quietly = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } as const

function isAbsent(said: string): boolean {
  return /Executable doesn't exist|is not found at|is not supported|Failed to find/i.test(said)
}

function notFound(reason: string, searched: string[]): DiscomfortError<'BROWSER_NOT_FOUND'> {
  return new DiscomfortError(
    'BROWSER_NOT_FOUND',
    `${reason}, install Chromium or Google Chrome, or type \`npx playwright-core install chromium\`.`,
    { details: { searched } },
  )
}

function failed(place: LaunchOptions, reason: string, cause: unknown): DiscomfortError<'BROWSER_FAILED'> {
  const browser = place.executablePath ?? place.channel ?? 'the Chromium of playwright'
  return new DiscomfortError(
    'BROWSER_FAILED',
    `${browser} does not start: ${reason}. Start it by hand to see why, or set DISCOMFORT_CHROMIUM to another.`,
    { details: { browser, reason }, cause },
  )
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0]?.replace(/^browserType\.launch: /, '') ?? ''
}
