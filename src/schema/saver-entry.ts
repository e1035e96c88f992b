import { z } from 'zod'
import { receiptSchema } from './receipt.ts'

/** What a saver tells of one output: its receipt, and the value itself where it is small. */
export const saverEntrySchema = z.object({
  v: z.literal(1),
  unique_id: z.string(),
  receipt: receiptSchema,
  /** Tagged JSON (docs/protocol.md). */
  tree: z.unknown().optional(),
  /** Whether the value stays alive in the server: then there is neither a tree nor a value file. */
  resident: z.literal(true).optional(),
})

/** A {@link saverEntrySchema | saver entry}. */
export type SaverEntry = z.infer<typeof saverEntrySchema>
