import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node'
import type { z } from 'zod'
import { isDiscomfortError } from '../../errors.ts'
import { log } from '../../log.ts'

/** The code of an error of ours; what it is stands in its data. */
const FAILED = -32_000
/** The code of a request that was cancelled. */
const CANCELLED = -32_800
const INVALID = -32_602

/** Answers a request: its parameters are checked, its cancelling is a signal, and its errors are told for people. */
export function answer<Params>(
  connection: MessageConnection,
  method: string,
  schema: z.ZodType<Params>,
  work: (params: Params, signal: AbortSignal) => Promise<object>,
): void {
  connection.onRequest(method, async (given: unknown, token: CancellationToken) => {
    const parsed = schema.safeParse(given)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return new ResponseError(INVALID, `${method}: ${issue?.path.join('.') ?? ''} does not fit: ${issue?.message}.`)
    }
    const controller = new AbortController()
    const cancelling = token.onCancellationRequested(() => controller.abort())
    if (token.isCancellationRequested) controller.abort()
    try {
      return await work(parsed.data, controller.signal)
    } catch (error) {
      return controller.signal.aborted ? new ResponseError(CANCELLED, 'It was cancelled.') : told(error)
    } finally {
      cancelling.dispose()
    }
  })
}

function told(error: unknown): ResponseError<unknown> {
  if (isDiscomfortError(error))
    return new ResponseError(FAILED, error.message, { code: error.code, details: error.details })
  // A fault of ours: its place is told too, so that it can be reported.
  log.error?.({ err: error }, 'The bridge failed')
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new ResponseError(FAILED, text, { code: 'UNKNOWN' })
}
