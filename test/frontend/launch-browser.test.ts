import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { launchBrowser, launchFirst } from '../../src/frontend/launch-browser.ts'
import { failure } from '../support/failure.ts'

describe('the browser', () => {
  it('that DISCOMFORT_CHROMIUM names must be there', async () => {
    const named = join(import.meta.dirname, 'no-such-browser')
    const { message, details } = await failure(
      'BROWSER_NOT_FOUND',
      launchBrowser(chromium, { DISCOMFORT_CHROMIUM: named }),
    )
    expect(message).toContain(`DISCOMFORT_CHROMIUM is "${named}"`)
    expect(details).toEqual({ searched: [named] })
  })

  it('that ends at once is named with what became of it', async () => {
    const { message, details } = await failure(
      'BROWSER_FAILED',
      launchBrowser(chromium, { DISCOMFORT_CHROMIUM: '/bin/false' }),
    )
    expect(message).toMatch(/^\/bin\/false does not start: .+ Start it by hand/)
    expect(details.browser).toBe('/bin/false')
  })

  it('is looked for in every place, and where there is none the next step is told', async () => {
    const places = ['one', 'two'].map((name) => ({ executablePath: join(import.meta.dirname, name) }))
    const { message, details } = await failure('BROWSER_NOT_FOUND', launchFirst(chromium, places))
    expect(message).toContain('npx playwright-core install chromium')
    expect(details.searched).toEqual([expect.stringContaining('one'), expect.stringContaining('two')])
  })
})
