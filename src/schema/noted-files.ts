import { z } from 'zod'

/** Names of files as they stand in a prompt, each with what tells two states of the file apart: size and time. */
export const notedFilesSchema = z.record(z.string(), z.string()).readonly()

/** What the pack answers on `POST /discomfort/files`: those of the names that stand for a file. */
export const filesAnswerSchema = z.object({ v: z.literal(1), files: notedFilesSchema })

/** Files in the state in which they were noted. */
export type NotedFiles = z.infer<typeof notedFilesSchema>
