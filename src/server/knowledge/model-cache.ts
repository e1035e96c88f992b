import { modelCacheSchema, type ModelCache } from '../../schema/model-cache.ts'
import { request, type Http } from '../http/http.ts'

/** Asks the pack how its cache of models is used. Undefined where there is no pack, or an older one. */
export async function readModelCache(http: Http): Promise<ModelCache | undefined> {
  const response = await request(http, '/discomfort/model-cache', { small: true })
  if (!response.ok) {
    await response.body?.cancel()
    return undefined
  }
  const parsed = modelCacheSchema.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) return undefined
  const { v: _version, ...told } = parsed.data
  return told
}
