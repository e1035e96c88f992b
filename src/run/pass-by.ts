import type { z } from 'zod'
import { isTemplate } from '../ports/socket-type.ts'
import type { passBySchema } from '../schema/create-options.ts'
import { isReferenceType } from '../schema/reference-types.ts'

/** How a value leaves a run: as data (`val`), as how it is made (`ref`), or not at all: it stays alive in the server (`resident`). */
export type PassBy = z.infer<typeof passBySchema>

/** One way for all outputs of a run, or one for each `unique_id`. */
export type PassByChoice = PassBy | Readonly<Record<string, PassBy>>

/** What decides how an output leaves a run. */
export interface WayOut {
  /** What the call says. */
  readonly choice?: PassByChoice | undefined
  /** Whether the call asks for it as a kind, which is data. */
  readonly isAsked?: boolean | undefined
  /** What the configuration says of types. */
  readonly byType?: Readonly<Record<string, PassBy>> | undefined
}

/**
 * The way that a call chooses for a key; else as data where the call asks for a kind; else what the configuration says of
 * its type, else the one of the type itself.
 */
export function passBy(key: string, type: string, { choice, isAsked, byType }: WayOut = {}): PassBy {
  const chosen = (typeof choice === 'string' ? choice : choice?.[key]) ?? (isAsked ? 'val' : byType?.[type])
  return chosen ?? (isTemplate(type) || !isReferenceType(type) ? 'val' : 'ref')
}
