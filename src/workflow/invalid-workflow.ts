import { DiscomfortError } from '../errors.ts'

/** The error for a source that is no workflow. `path` says where in the JSON, in the form `nodes[3].inputs`. */
export function invalidWorkflow(
  reason: string,
  { path, cause }: { path?: string; cause?: unknown } = {},
): DiscomfortError<'WORKFLOW_INVALID'> {
  const message = path === undefined ? reason : `${reason} (at ${path})`
  return new DiscomfortError('WORKFLOW_INVALID', message, {
    details: { reason, ...(path === undefined ? {} : { path }) },
    ...(cause === undefined ? {} : { cause }),
  })
}
