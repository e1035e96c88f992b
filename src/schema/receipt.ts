import { z } from 'zod'

/** The checksum of all bytes of a file. */
export const digestSchema = z.string().regex(/^crc32:[0-9a-f]{8}$/)

const size = z.int().nonnegative()

/**
 * What is told about a value instead of the value: enough to find it in the store of the machine, never a path.
 * `dtype` and `shape` are those of the tensor that the value is (for a LATENT: of its `samples`), else null.
 * `bytes` is the size of the value's file, 0 where the value travels beside the receipt as tagged JSON. `digest` is the
 * checksum of that file, for those on disk.
 */
export const receiptSchema = z.object({
  v: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  type: z.string().min(1),
  list: z.boolean(),
  dtype: z.string().nullable(),
  shape: z.array(size).nullable(),
  bytes: size,
  digest: digestSchema.optional(),
})

/** A {@link receiptSchema | receipt}. */
export type Receipt = z.infer<typeof receiptSchema>
