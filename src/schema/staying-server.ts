import { z } from 'zod'

/** Which process it is: a later one with the same id starts at another time. */
const processSchema = z.object({
  v: z.literal(1),
  pid: z.int().positive(),
  startTime: z.string().nullable(),
  place: z.string(),
})

/** What stands in a state file of `discomfort up`. Secrets only count into the hashes. */
export const stayingServerSchema = z.object({
  v: z.literal(1),
  /** `starting` while the command `up` waits for it; if that dies, the server goes with it. */
  state: z.enum(['starting', 'ready']),
  server: processSchema,
  starter: processSchema,
  /** The handshake of this launch tells it. */
  nonce: z.string(),
  address: z.string(),
  logFile: z.string(),
  ownFolder: z.string(),
  /** ISO 8601. */
  started: z.string(),
  /** The hash of the configuration, and the one without the port that was asked for. */
  key: z.string(),
  likeness: z.string(),
  configuration: z.object({
    comfyui: z.string(),
    python: z.string(),
    args: z.array(z.string()),
    customNodes: z.union([z.literal('all'), z.literal('none'), z.array(z.string())]),
    port: z.int().optional(),
    output: z.string().optional(),
    keepModels: z.int().optional(),
    /** Names alone. */
    env: z.array(z.string()),
  }),
})

/** A ComfyUI of `discomfort up`, as its state file tells of it. */
export type StayingRecord = z.infer<typeof stayingServerSchema>
