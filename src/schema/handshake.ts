import { z } from 'zod'

/** The versions of the protocol (docs/protocol.md) that this library speaks. */
export const protocol = { current: 1, oldest: 1 } as const

/** The part of the handshake that stays the same in all versions. */
export const versionsSchema = z.object({ protocol: z.number().int(), protocolMin: z.number().int() })

/** What the pack answers on `GET /discomfort/handshake`. */
export const handshakeSchema = z.object({
  v: z.number().int(),
  protocol: z.number().int(),
  protocolMin: z.number().int(),
  pack: z.string(),
  nonce: z.string().nullable(),
  comfyui: z.string(),
  python: z.string(),
  /** Where values lie: in memory, where there is such a place, and on disk. */
  roots: z.object({ ram: z.string().nullable(), disk: z.string() }),
  pid: z.number().int(),
})

/** What the pack of a server tells of itself: versions, the nonce of this launch, the roots of its store. */
export type Handshake = z.infer<typeof handshakeSchema>
