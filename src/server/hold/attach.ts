import { log } from '../../log.ts'
import type { Handshake } from '../../schema/handshake.ts'
import { readHandshake } from '../knowledge/handshake.ts'
import { request, type Http } from '../http/http.ts'
import { assertComfyUI } from '../jobs/job-record.ts'

/**
 * Makes sure that a ComfyUI is there which takes us, and gives what its pack says; undefined where it has none.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`
 */
export async function attach(http: Http, signal?: AbortSignal): Promise<Handshake | undefined> {
  const handshake = await readHandshake(http, signal)
  if (handshake) await assertAllowed(http, signal)
  else await assertComfyUI(http)
  const { comfyui, pack } = handshake ?? {}
  log.info?.({ url: http.base, proxy: http.reach.proxy, comfyui, pack }, 'attached')
  return handshake
}

/** The handshake is for everybody. A wrong token is told now, and not by the first run that has a value. */
async function assertAllowed(http: Http, signal: AbortSignal | undefined): Promise<void> {
  const guarded = await request(http, '/discomfort/model-cache', { small: true, ...(signal ? { signal } : {}) })
  await guarded.body?.cancel()
}
