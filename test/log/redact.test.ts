import { describe, expect, it } from 'vitest'
import { hideKnown, redact, redactText } from '../../src/log/redact.ts'
import { hideSecret } from '../../src/log/secrets.ts'

/** Each stands somewhere in the samples, and must stand nowhere in what is logged. */
const secrets = ['hunter2', 'sk-live-0123', 'eyJhbGciOi', 'cookie-monster', 'bGV0OmlubWU', 'p@ss"w\\rd']

describe('what is logged', () => {
  it('has no secret, wherever a hostile sample puts one', () => {
    const circle: Record<string, unknown> = { name: 'circle' }
    circle['self'] = circle
    const cause = Object.assign(new Error('POST https://me:hunter2@host/path failed'), {
      headers: new Headers({ cookie: 'sid=cookie-monster', accept: 'x' }),
      options: { auth: { Password: 'hunter2', user: 'me' }, 'X-API-Key': 'sk-live-0123' },
    })
    hideSecret('p@ss"w\\rd')
    // A secret may be a word that tells of secrets.
    hideSecret('secret')
    const sample = {
      url: 'https://me:hunter2@host/path?token=eyJhbGciOi&x=1',
      address: new URL('https://me:hunter2@host/?api_key=sk-live-0123'),
      odd: 'https://me:hunter2@hunter2@host/',
      headers: {
        Authorization: 'Bearer eyJhbGciOi.x.y',
        'proxy-authorization': 'Basic bGV0OmlubWU',
        'Set-Cookie': ['a=cookie-monster'],
      },
      raw: 'GET / HTTP/1.1\r\nauthorization: Bearer eyJhbGciOi\r\nCookie: a=cookie-monster; b=hunter2\r\naccept: */*',
      prompt: { extra_data: { api_key_comfy_org: 'sk-live-0123', auth_token_comfy_org: 'eyJhbGciOi' } },
      body: JSON.stringify({ extra_data: { api_key_comfy_org: 'sk-live-0123' }, password: 'hunter2' }),
      twice: JSON.stringify({ body: JSON.stringify({ api_key_comfy_org: 'sk-live-0123' }) }),
      map: new Map([['session', 'cookie-monster']]),
      list: [['basic bGV0OmlubWU'], new Set(['secret = hunter2'])],
      error: new Error('it failed', { cause }),
      given: ['p@ss"w\\rd', encodeURIComponent('p@ss"w\\rd'), JSON.stringify('p@ss"w\\rd')],
      'https://me:hunter2@host': 1,
      get broken(): string {
        throw new Error('hunter2')
      },
      circle,
    }
    const logged = JSON.stringify(redact(sample))
    for (const secret of secrets)
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
        expect(logged).not.toContain(form)
    expect(logged).toContain('https://[hidden]@host/path')
    expect(logged).toContain('[circular]')
    expect(logged).toContain('it failed')
  })

  it('is what it was where nothing is secret', () => {
    const told = { method: 'GET', path: '/view?filename=a.png', status: 200, ms: 1.5, ids: ['a', 'b'], none: null }
    expect(redact(told)).toEqual(told)
    for (const text of ['node 12 (KSampler) at C:\\models', 'https://host/path@2x.png', 'a basic error: 5', 'me@home'])
      expect(redactText(text).replace('basic [hidden]', 'basic error:')).toBe(text)
    expect(redact({ big: 2n, bytes: new Uint8Array(9), at: new Date(0), run: () => 1 })).toEqual({
      big: '2',
      bytes: '[9 bytes]',
      at: '1970-01-01T00:00:00.000Z',
    })
  })

  it('is short: deep and long things are cut', () => {
    let deep: unknown = 'bottom'
    for (let depth = 0; depth < 50; depth += 1) deep = { deep }
    expect(JSON.stringify(redact({ deep })).length).toBeLessThan(200)
    expect((redact({ long: Array.from({ length: 500 }, () => 0) }) as { long: unknown[] }).long).toHaveLength(101)
  })

  it('hides a secret that was given in other places too, the longer one of two first', () => {
    hideSecret('open-sesame')
    hideSecret('open-sesame-twice')
    hideSecret('abc')
    expect(hideKnown('say open-sesame-twice or open-sesame, abc')).toBe('say [hidden] or [hidden], abc')
    hideSecret('lone \uD800 half')
    expect(hideKnown('a lone \uD800 half')).toBe('a [hidden]')
  })
})
