import { postJson, request, type Http } from '../http.ts'

/**
 * Asks the server to end exactly one job, queued or running. The answer is no proof: the job's own end decides.
 * Newer releases do it atomically; older ones get a removal from the queue and an interrupt that names the job.
 */
export async function cancelJob(http: Http, promptId: string): Promise<void> {
  const response = await request(http, `/api/jobs/${promptId}/cancel`, { method: 'POST', small: true })
  await response.body?.cancel()
  if (response.ok) return
  const removed = await postJson(http, '/queue', JSON.stringify({ delete: [promptId] }), { small: true })
  await removed.body?.cancel()
  const interrupted = await postJson(http, '/interrupt', JSON.stringify({ prompt_id: promptId }), { small: true })
  await interrupted.body?.cancel()
}
