import type { CookieJar } from 'tough-cookie'

/** What a server, or the proxy before it, wants to be told again: sticky sessions, logins. They live as long as we do. */
export interface Cookies {
  /** The header for a request, beside the cookies of one that was given. */
  header(url: string, given: string | undefined): string | undefined
  /** Keeps what an answer sets. */
  keep(url: string, answer: Headers): Promise<void> | undefined
}

export function createCookies(): Cookies {
  let jar: CookieJar | undefined
  return {
    header(url, given) {
      const own = jar?.getCookieStringSync(url)
      return own && given ? joined(given, own) : own || given
    },
    keep(url, answer) {
      const lines = answer.getSetCookie()
      return lines.length > 0 ? keepAll(url, lines) : undefined
    },
  }

  /** The library is loaded only where somebody sets a cookie: it takes longer than all the rest of us. */
  async function keepAll(url: string, lines: readonly string[]): Promise<void> {
    const { CookieJar } = await import('tough-cookie')
    jar ??= new CookieJar()
    for (const line of lines) jar.setCookieSync(line, url, { loose: true, ignoreError: true })
  }
}

/** A cookie that the server has set since counts in place of the one that was given. */
function joined(given: string, own: string): string {
  const nameOf = (pair: string): string => pair.split('=', 1)[0]?.trim() ?? ''
  const set = new Set(own.split(';').map(nameOf))
  const kept = given.split(';').filter((pair) => pair.trim() && !set.has(nameOf(pair)))
  return [...kept.map((pair) => pair.trim()), own].join('; ')
}
