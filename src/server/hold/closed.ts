import { DiscomfortError } from '../../errors.ts'

/** The error for who asks something of a connector that was shut down. */
export function closed(): DiscomfortError<'CLOSED'> {
  return new DiscomfortError('CLOSED', 'This connector was shut down. Create a new one.', {
    details: { what: 'connector' },
  })
}
