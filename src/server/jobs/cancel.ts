import { postJson, request } from '../http/http.ts'
import { askPack, type JobPlace } from './job-place.ts'
import type { JobServer } from './job-server.ts'

/**
 * Asks the server to end exactly one job, queued or running. The answer is no proof: the job's own end decides, but one
 * that the pack has taken out of the queue is gone (`refused`). Newer releases of ComfyUI do it atomically without the
 * pack; older ones get a removal from the queue and an interrupt that names the job.
 */
export async function cancelJob(server: JobServer, promptId: string): Promise<JobPlace | undefined> {
  const place = await askPack(server, promptId, '/cancel')
  if (place) return place
  const { http } = server
  const response = await request(http, `/api/jobs/${promptId}/cancel`, { method: 'POST', small: true })
  await response.body?.cancel()
  if (response.ok) return undefined
  const removed = await postJson(http, '/queue', JSON.stringify({ delete: [promptId] }), { small: true })
  await removed.body?.cancel()
  const interrupted = await postJson(http, '/interrupt', JSON.stringify({ prompt_id: promptId }), { small: true })
  await interrupted.body?.cancel()
  return undefined
}
