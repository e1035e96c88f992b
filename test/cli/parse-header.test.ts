import { expect, it } from 'vitest'
import { connectorOptions } from '../../src/cli/server-options.ts'
import { parseHeader } from '../../src/cli/parse-header.ts'
import { failure } from '../support/failure.ts'

it('a header has a name and a value, which may have colons', () => {
  expect(parseHeader('X-Place: https://host: 1 ')).toEqual(['X-Place', 'https://host: 1'])
  expect(connectorOptions({ header: ['A: 1', 'B:2'], ca: 'ca.pem', proxy: 'none' })).toEqual({
    headers: { A: '1', B: '2' },
    ca: 'ca.pem',
    proxy: 'none',
  })
})

it('a header without a name is refused, and is not repeated', async () => {
  const { message } = await failure('CONFIG_INVALID', () => parseHeader('hunter2'))
  expect(message).not.toContain('hunter2')
})
