import { DiscomfortError } from '../errors.ts'

/** The error for a value whose stored form is damaged. `id` is the value's id, or the name of what was read. */
export function corruptValue(id: string, reason: string, cause?: unknown): DiscomfortError<'VALUE_CORRUPT'> {
  return new DiscomfortError(
    'VALUE_CORRUPT',
    `The value ${id} is damaged: ${reason}. Make it again by running the workflow, or save it anew.`,
    {
      details: { id, reason },
      cause,
    },
  )
}
