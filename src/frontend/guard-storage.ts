import type { BrowserContext, Route } from 'playwright-core'
import type { FrontendServer } from './frontend-options.ts'

/**
 * What a page could change of the user's by merely being open: settings, saved workflows, the queue. Uploads pass, since
 * some nodes upload what they draw while they are converted; so do the routes of packs.
 */
const kept = /^\/(?:api\/)?(?:settings|userdata|users|prompt|queue|interrupt|history|free|jobs|internal)(?:\/|$)/

/**
 * Lets a page read the user's settings and files, and answers what it writes there without telling the server.
 * The page is told that its first visit was long ago, since it would open a list of templates in place of a workflow;
 * and that there is one user, since it would ask which of several we are.
 */
export async function guardStorage(context: BrowserContext, server: FrontendServer): Promise<void> {
  const pathOf = (url: string): string => new URL(url).pathname.slice(new URL(`${server.base}/`).pathname.length - 1)
  const isOurs = (url: URL): boolean => url.href.startsWith(`${server.base}/`) && kept.test(pathOf(url.href))
  await context.route(isOurs, async (route) => {
    const request = route.request()
    const path = pathOf(request.url()).replace(/^\/api/, '')
    if (request.method() !== 'GET') await route.fulfill({ json: {} })
    else if (path === '/users') await route.fulfill({ json: { storage: 'server', migrated: true } })
    else if (path === '/settings') await answerSettings(route, server)
    else await route.fallback()
  })
}

async function answerSettings(route: Route, { headers }: FrontendServer): Promise<void> {
  try {
    const answer = await route.fetch({ headers: { ...route.request().headers(), ...headers } })
    const settings = answer.ok() ? ((await answer.json()) as object) : {}
    await route.fulfill({ json: { ...settings, 'Comfy.TutorialCompleted': true } })
  } catch {
    // The server has gone, or the browser has: there is nobody left to answer.
    await route.abort().catch(() => undefined)
  }
}
