import { z } from 'zod'

const count = z.int().nonnegative()

/**
 * What the pack answers on `GET /discomfort/model-cache`: how many loaders' models may be kept (0 where this ComfyUI cannot
 * keep them, or shall not), how many are, in how many outputs of nodes, and how often one was taken from there or put there.
 */
export const modelCacheSchema = z.object({
  v: z.literal(1),
  limit: count,
  loaders: count,
  entries: count,
  hits: count,
  stores: count,
})

/** How a server's cache of loaded models is used. */
export type ModelCache = Omit<z.infer<typeof modelCacheSchema>, 'v'>
