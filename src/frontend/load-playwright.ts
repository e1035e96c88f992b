import type { BrowserType } from 'playwright-core'
import { DiscomfortError } from '../errors.ts'

/**
 * The library that drives browsers. It is an optional dependency, loaded when the page is asked for the first time.
 * @throws {@link DiscomfortError} `PACKAGE_MISSING`
 */
export async function loadPlaywright(): Promise<BrowserType> {
  try {
    const { chromium } = await import('playwright-core')
    return chromium
  } catch (cause) {
    throw new DiscomfortError(
      'PACKAGE_MISSING',
      `ComfyUI's page is driven with the package playwright-core, which is not installed or cannot be loaded. Type \`npm install playwright-core\`. (${firstLine(cause)})`,
      { details: { package: 'playwright-core', reason: firstLine(cause) }, cause },
    )
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string
}
