import { z } from 'zod'

/**
 * What the pack answers on `GET /discomfort/jobs/{id}`: where a job stands in the queue, in which process of the server
 * (`instance`), and whether the thread that executes prompts lives there (null where that is not known).
 */
export const jobStateSchema = z.object({
  v: z.literal(1),
  id: z.uuid(),
  instance: z.uuid(),
  state: z.enum(['unknown', 'refused', 'pending', 'running', 'ended']),
  /** How many jobs come before it; null unless it waits. */
  position: z.int().nonnegative().nullable(),
  worker: z.boolean().nullable(),
})

/** A {@link jobStateSchema | job state}. */
export type JobState = z.infer<typeof jobStateSchema>
