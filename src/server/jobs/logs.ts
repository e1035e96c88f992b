import { isDiscomfortError } from '../../errors.ts'
import { request } from '../http/http.ts'
import type { JobServer } from './job-server.ts'

/** Has the server send what it prints to a socket, once for each. Servers that cannot are as if they printed nothing. */
export function createLogSubscription(server: JobServer): { wanted(): Promise<void>; renew(): Promise<void> } {
  let subscribed: string | undefined
  let asked: Promise<void> | undefined

  async function subscribe(): Promise<void> {
    const { clientId } = server.socket
    if (subscribed === clientId) return
    subscribed = clientId
    try {
      const response = await request(server.http, '/internal/logs/subscribe', {
        method: 'PATCH',
        body: JSON.stringify({ clientId, enabled: true }),
        headers: { 'content-type': 'application/json' },
        small: true,
      })
      await response.body?.cancel()
    } catch (error) {
      if (!isDiscomfortError(error)) throw error
      subscribed = undefined
    }
  }

  return {
    wanted() {
      if (subscribed !== server.socket.clientId) asked = subscribe()
      return asked ?? Promise.resolve()
    },
    async renew() {
      if (asked) await (asked = subscribe())
    },
  }
}
