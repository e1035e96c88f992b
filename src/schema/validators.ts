import { z } from 'zod'

/** What the pack answers on `GET /discomfort/validators`: class → the inputs that it checks itself, `*` for all. */
export const validatorsSchema = z.object({
  v: z.number().int(),
  classes: z.record(z.string(), z.array(z.string())),
})
