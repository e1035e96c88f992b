import type { Handshake } from '../schema/handshake.ts'
import { readHandshake } from './handshake.ts'
import { request, type Http } from './http.ts'
import { assertComfyUI } from './jobs/job-record.ts'

/**
 * Makes sure that a ComfyUI is there which takes us, and gives what its pack says; undefined where it has none.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`
 */
export async function attach(http: Http, signal?: AbortSignal): Promise<Handshake | undefined> {
  const handshake = await readHandshake(http, signal)
  if (!handshake) {
    await assertComfyUI(http)
    return undefined
  }
  // The handshake is for everybody. A wrong token is told now, and not by the first run that has a value.
  const guarded = await request(http, '/discomfort/model-cache', { small: true, ...(signal ? { signal } : {}) })
  await guarded.body?.cancel()
  return handshake
}
