import { log } from '../../log.ts'
import { isAway } from './away.ts'
import type { Asking, Http } from './http.ts'
import { redirectOf, sentAway } from './redirects.ts'
import { ForeignAnswer } from './transient.ts'
import { reasonOf } from './unreachable.ts'

const mostRedirects = 5

/** Asks once. With `time` all of the answer must be there by then. */
export async function exchange(
  http: Http,
  path: string,
  init: RequestInit & Asking,
  time: number | undefined,
): Promise<Response> {
  const { small, whole, repeatable: _repeatable, elsewhere = false, ...rest } = init
  const [begun, method] = [performance.now(), init.method ?? 'GET']
  const end = endOf(init.signal ?? undefined, time)
  try {
    const response = await follow(
      http,
      http.base + path,
      { ...rest, ...(end.signal ? { signal: end.signal } : {}) },
      elsewhere,
    )
    http.answered = http.base
    const answer = small || whole || isAway(response) ? await readAll(response) : response
    log.debug?.({ method, path, status: answer.status, ms: Math.round(performance.now() - begun) }, 'request')
    return answer
  } catch (error) {
    log.debug?.({ method, path, ms: Math.round(performance.now() - begun), reason: reasonOf(error) }, 'request failed')
    throw error
  } finally {
    end.clear()
  }
}

/** Makes a request, and goes where it is sent on to: a gate that sets a cookie leads back to where we were. */
async function follow(http: Http, asked: string, init: RequestInit, elsewhere: boolean): Promise<Response> {
  let url = asked
  for (let hops = 0; ; hops += 1) {
    http.requests += 1
    const id = `${http.id}-${http.requests}`
    const isOurs = url.startsWith(`${new URL(http.base).origin}/`)
    const headers = isOurs
      ? { ...headersFor(http, url, init.headers as Record<string, string>), 'x-discomfort-request': id }
      : {}
    const response = await http.reach.fetch(url, { ...init, redirect: 'manual', headers })
    if (isOurs) await http.reach.cookies.keep(url, response.headers)
    await assertOurs(response, id)
    const target = redirectOf(response, url)
    if (!target) {
      const isThere = new URL(url).pathname === new URL(asked).pathname
      if (isThere || !isOurs) return response
      await response.body?.cancel()
      throw sentAway(http.base, new URL(url), response.status)
    }
    await response.body?.cancel()
    const keepsMethod = response.status > 303 || init.method === undefined || init.method === 'GET'
    const mayGo = elsewhere || target.origin === new URL(asked).origin
    if (!mayGo || !keepsMethod || hops === mostRedirects) throw sentAway(http.base, target, response.status)
    url = target.href
  }
}

/** A server with the pack sends the id of a request back. Another id is that of an answer that somebody sent twice. */
async function assertOurs(response: Response, id: string): Promise<void> {
  const told = response.headers.get('x-discomfort-request')
  if (told === null || told === id) return
  await response.body?.cancel()
  throw new ForeignAnswer('the answer is to another request; something on the way sends answers twice')
}

/** What goes with a request to that address. */
export function headersFor(
  http: Http,
  url: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const cookie = http.reach.cookies.header(url, http.headers['cookie'])
  return { ...http.headers, ...more, ...(cookie === undefined ? {} : { cookie }) }
}

/** The end of a request: by its signal, or by the time. */
function endOf(
  signal: AbortSignal | undefined,
  time: number | undefined,
): { signal: AbortSignal | undefined; clear(): void } {
  if (time === undefined) return { signal, clear: () => undefined }
  const controller = new AbortController()
  const stop = (): void => controller.abort(signal?.reason)
  const timer = setTimeout(() => controller.abort(new DOMException('it takes too long', 'TimeoutError')), time)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    },
  }
}

/** The same answer with all of its body here. */
async function readAll(response: Response): Promise<Response> {
  const { status, statusText, headers } = response
  const bytes = await response.arrayBuffer()
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, statusText, headers: [...headers] })
}
