import { z } from 'zod'
import { digestSchema } from './receipt.ts'
import { notedFilesSchema } from './noted-files.ts'

/** How many characters the name in a submit note may have. */
export const longestName = 300

/** What a submit tells the pack beside the prompt: where values may be read and written, and what may be forgotten. */
export const submitNoteSchema = z.object({
  v: z.literal(1),
  /** The context whose folder holds the values of this run. */
  context: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  /** Ids of the values that loaders of this prompt may read. */
  reads: z.array(z.uuid()).readonly(),
  /** The checksums of those that lie on disk: they are read only if they have them. */
  digests: z.record(z.uuid(), digestSchema).readonly(),
  /** How many bytes the values that this prompt makes may take in memory; what is more goes to disk. */
  ram: z.int().nonnegative(),
  /** Earlier prompts of ours whose history entries are no longer needed. */
  forget: z.array(z.uuid()).readonly(),
  /** Files that the references in this prompt name, as they were when these were captured. */
  files: notedFilesSchema.optional(),
  /** How the workflow is called, for people who look at the page. */
  name: z.string().max(longestName).optional(),
})

/** A {@link submitNoteSchema | submit note}. */
export type SubmitNote = z.infer<typeof submitNoteSchema>
