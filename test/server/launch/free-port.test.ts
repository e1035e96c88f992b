import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { freePort, portIsTaken } from '../../../src/server/launch/free-port.ts'

it('a free port is free, and one where somebody listens is taken', async () => {
  const port = await freePort()
  expect(port).toBeGreaterThan(1023)
  expect(await portIsTaken(port)).toBe(false)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  expect(await portIsTaken((server.address() as AddressInfo).port)).toBe(true)
  server.close()
})
