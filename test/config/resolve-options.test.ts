import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/config/resolve-options.ts'
import { withEnvironment } from '../../src/server/reach/reach-options.ts'
import { failure } from '../support/failure.ts'

const env = {
  DISCOMFORT_TOKEN: 'from env',
  DISCOMFORT_CA: '/ca.pem',
  DISCOMFORT_PROXY: 'http://proxy:3128',
  DISCOMFORT_HEADERS: '{"X-Access": "one"}',
}
const told = { token: 'from env', ca: '/ca.pem', proxy: 'http://proxy:3128', headers: { 'X-Access': 'one' } }

describe('how a server is reached', () => {
  it('is told by the environment where the call says nothing', async () => {
    expect(await resolveOptions({}, env)).toMatchObject(told)
    expect(withEnvironment({}, env)).toEqual(told)
    const call = { proxy: 'none', headers: { 'X-Access': 'two' } }
    expect(await resolveOptions(call, env)).toMatchObject({ ...told, ...call })
    expect(withEnvironment(call, env)).toEqual({ ...told, ...call })
    expect(await resolveOptions({}, { DISCOMFORT_CA: '', DISCOMFORT_HEADERS: '' })).toEqual({})
  })

  it('is refused where it cannot be meant, without what was given', async () => {
    for (const text of ['X-Access: hidden', '{"X-Access": 1, "b": "hidden"}', '["hidden"]']) {
      const { message } = await failure('CONFIG_INVALID', resolveOptions({}, { DISCOMFORT_HEADERS: text }))
      expect(message).toContain('DISCOMFORT_HEADERS')
      expect(message).not.toContain('hidden')
    }
    const { details } = await failure('CONFIG_INVALID', resolveOptions({ headers: { a: 1 } } as never, {}))
    expect(details.key).toBe('headers.a')
    await failure('CONFIG_INVALID', resolveOptions({}, { DISCOMFORT_LOG: 'loud' }))
  })
})
