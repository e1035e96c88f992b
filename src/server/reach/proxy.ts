import { isIP } from 'node:net'
import { DiscomfortError } from '../../errors.ts'
import { basicOf } from './address.ts'

/**
 * The proxy that leads to a server: the one that is named, else the one of the environment. What the environment says is
 * meant for the world outside, so a server on this machine is reached without it.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID` for one that is no HTTP proxy
 */
export function proxyFor(base: string, given: string | undefined, env: NodeJS.ProcessEnv): URL | undefined {
  if (given === 'none') return undefined
  const target = new URL(base)
  if (given) return readProxy(given, 'The option proxy')
  if (isThisMachine(target) || isExempt(target, read(env, 'no_proxy') ?? '')) return undefined
  const name = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const found = read(env, name)
  return found ? readProxy(found, `${name.toUpperCase()} in the environment`) : undefined
}

/** The address of a proxy as it may be shown. */
export function shownProxy(proxy: URL): string {
  return proxy.origin
}

function readProxy(text: string, where: string): URL {
  let url: URL | undefined
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`)
  } catch {
    // It may hold a password, and the error would repeat it.
  }
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    // So that its password is known as a secret.
    basicOf(url)
    return url
  }
  const reason = url ? `${url.protocol}// is not spoken here` : 'it is no URL'
  throw new DiscomfortError(
    'CONFIG_INVALID',
    `${where} does not fit: ${reason}. Give one like http://user:password@host:3128, or none.`,
    { details: { key: 'proxy', reason } },
  )
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
}

/** Whether a host is in NO_PROXY: names, which stand for what is below them too, `*`, and ports after a colon. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const actual = port || (protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(bracketed(entry)) ?? []
      const suffix = name.replace(/^\*?\./, '')
      return (only ?? actual) === actual && (hostname === suffix || hostname.endsWith(`.${suffix}`))
    })
}

/** A bare IPv6 address has brackets in a URL. */
function bracketed(entry: string): string {
  return isIP(entry) === 6 ? `[${entry}]` : entry
}

/** Small letters count first, as they do for curl. An empty one is none. */
function read(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
}
