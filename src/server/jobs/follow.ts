import { isDiscomfortError } from '../../errors.ts'
import { postJson } from '../http/http.ts'
import type { JobServer } from './job-server.ts'

/**
 * Has the messages of jobs that were sent under another client id come to the socket that is open now. Without the pack,
 * or where it fails, they stay unheard, and history tells the end.
 */
export async function followJobs(server: JobServer, ids: readonly string[]): Promise<void> {
  if (!server.hasJobRoutes || ids.length === 0) return
  const body = JSON.stringify({ v: 1, client_id: server.socket.clientId, ids })
  try {
    const response = await postJson(server.http, '/discomfort/follow', body, { small: true })
    await response.body?.cancel()
  } catch (error) {
    if (!isDiscomfortError(error)) throw error
  }
}
