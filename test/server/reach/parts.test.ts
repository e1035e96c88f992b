import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../../src/server/reach/address.ts'
import { trustAlso } from '../../../src/server/reach/certificates.ts'
import { createCookies } from '../../../src/server/reach/cookies.ts'
import { headersOf } from '../../../src/server/reach/headers.ts'
import { proxyFor } from '../../../src/server/reach/proxy.ts'
import { failure } from '../../support/failure.ts'
import { temporaryFolder } from '../../support/folders.ts'

describe('an address', () => {
  it.each([
    ['::1', 'http://[::1]'],
    ['[::1]:8188', 'http://[::1]:8188'],
    ['http://[fe80::1]:80/x/', 'http://[fe80::1]/x'],
    ['https://fd00::2/comfy', 'https://[fd00::2]/comfy'],
    [' HTTPS://Host.Example:443/a//b// ', 'https://host.example/a//b'],
    ['localhost:8188', 'http://localhost:8188'],
    ['http://host/path?x=1#y', 'http://host/path'],
  ])('%s is read', (text, base) => {
    expect(readAddress(text)).toEqual({ base, basic: undefined })
  })

  it('has a login in UTF-8, also one with % that escapes nothing', () => {
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
    expect(readAddress('https://m%C3%A9:100%@host').basic).toBe(basic('mé:100%'))
    expect(readAddress('https://:only-password@host').basic).toBe(basic(':only-password'))
    expect(readAddress('https://user@host').basic).toBe(basic('user:'))
  })

  it.each(['http://me:hunter2@host:99999', 'ftp://me:hunter2@host', 'me:hunter2@ho st', 'https://me:hunt@er2@', ''])(
    'that is none is refused without its password: %s',
    async (text) => {
      const error = await failure('SERVER_UNREACHABLE', () => readAddress(text))
      expect(error.message).toContain('Give one like')
      expect(JSON.stringify([error, error.message, error.cause])).not.toMatch(/hunt|er2/)
    },
  )
})

describe('the proxy', () => {
  const env = { HTTPS_PROXY: 'http://secure:1', http_proxy: 'plain:2' }
  it.each([
    ['https://host', env, 'http://secure:1'],
    ['http://host:8188', env, 'http://plain:2'],
    ['http://host', { ...env, NO_PROXY: 'other, host' }, undefined],
    ['http://a.host', { ...env, no_proxy: 'host' }, undefined],
    ['http://a.host', { ...env, no_proxy: '.host' }, undefined],
    ['http://a.host', { ...env, no_proxy: '*.host' }, undefined],
    ['http://ahost', { ...env, no_proxy: 'host' }, 'http://plain:2'],
    ['http://host:8188', { ...env, no_proxy: 'host:8188' }, undefined],
    ['http://host:8189', { ...env, no_proxy: 'host:8188' }, 'http://plain:2'],
    ['https://host', { ...env, no_proxy: 'host:443' }, undefined],
    ['https://[fd00::2]', { ...env, no_proxy: 'fd00::2' }, undefined],
    ['https://host', { ...env, no_proxy: '*' }, undefined],
    ['http://host', { HTTPS_PROXY: 'http://secure:1', http_proxy: '' }, undefined],
    ['http://localhost:1', env, undefined],
    ['https://127.8.0.1', env, undefined],
    ['http://[::1]:1', env, undefined],
  ])('to %s with %o is %s', (base, given, proxy) => {
    expect(proxyFor(base, undefined, given)?.origin).toBe(proxy)
  })

  it('that is named counts, for this machine too, and none is none', () => {
    expect(proxyFor('http://localhost', 'http://named:3', { NO_PROXY: '*' })?.origin).toBe('http://named:3')
    expect(proxyFor('https://host', 'none', env)).toBeUndefined()
  })

  it('of another kind is refused without its password', async () => {
    for (const given of ['socks5://me:hunter2@host', 'http://me:hunter2@', 'http://me:hunter2@host:99999']) {
      const { message } = await failure('CONFIG_INVALID', () => proxyFor('https://host', given, {}))
      expect(message).toContain('The option proxy does not fit')
      expect(message).not.toContain('hunter2')
    }
    const fromEnv = await failure('CONFIG_INVALID', () => proxyFor('https://host', undefined, { https_proxy: 'a:b:c' }))
    expect(fromEnv.message).toContain('HTTPS_PROXY in the environment')
  })
})

describe('cookies', () => {
  const answer = (...lines: string[]): Headers => new Headers(lines.map((line) => ['set-cookie', line]))

  it('go back to where they belong, beside those that were given', async () => {
    const cookies = createCookies()
    expect(cookies.header('http://host/x', undefined)).toBeUndefined()
    expect(cookies.header('http://host/x', 'a=given')).toBe('a=given')
    await cookies.keep('http://host/x', answer('a=1; Path=/', 'b=2; Path=/comfy', 'c=3; Secure', 'd=4; Domain=other'))
    expect(cookies.header('http://host/x', undefined)).toBe('a=1')
    expect(cookies.header('http://host/comfy/ws', 'a=given; z=26')).toBe('z=26; b=2; a=1')
    expect(cookies.header('http://elsewhere/', undefined)).toBeUndefined()
    await cookies.keep('http://host/x', answer('a=; Path=/; Max-Age=0', '', 'no cookie at all; ;'))
    expect(cookies.header('http://host/x', undefined)).not.toContain('a=1')
  })
})

describe('headers', () => {
  it('have the token, or the login, or their own authorization', () => {
    expect(headersOf({ 'X-A': ' 1 ' }, 'token', 'Basic x')).toEqual({ 'x-a': '1', authorization: 'Bearer token' })
    expect(headersOf({ Authorization: 'Digest y' }, undefined, undefined)).toEqual({ authorization: 'Digest y' })
    expect(headersOf(undefined, undefined, 'Basic x')).toEqual({ authorization: 'Basic x' })
  })

  it('that cannot be sent are refused, without their value', async () => {
    for (const [name, value] of [
      ['Host', 'hunter2'],
      ['X-A', 'hunter2\r\nX-B: 1'],
      ['X A', 'hunter2'],
      ['', 'hunter2'],
      ['X-A', 'hunter2 ∞'],
    ] as const) {
      const { message } = await failure('CONFIG_INVALID', () => headersOf({ [name]: value }, undefined, undefined))
      expect(message).toContain(`"${name}"`)
      expect(message).not.toContain('hunter2')
    }
    const { message } = await failure('CONFIG_INVALID', () => headersOf({}, 'hunter2\n', undefined))
    expect(message).not.toContain('hunter2')
  })
})

describe('a certificate authority', () => {
  it('that is none is refused', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'ca.pem')
    const reason = async (ca: string): Promise<string> =>
      (await failure('CONFIG_INVALID', () => trustAlso(ca))).details.reason
    expect(await reason(path)).toBe('ENOENT')
    expect(await reason(folder.path)).toBe('EISDIR')
    await writeFile(path, 'hello')
    expect(await reason(path)).toBe('no certificate in it')
    expect(await reason('-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----')).toBe('no certificate in it')
    expect(await reason('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBe('damaged')
  })
})
