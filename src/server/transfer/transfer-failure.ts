import { DiscomfortError } from '../../errors.ts'
import { unreachable, type Http } from '../http/http.ts'

/**
 * The error for an answer to a transfer that is a refusal. `SERVER_UNREACHABLE` is worth another attempt: the server, or
 * something between it and us, is busy, or stands elsewhere in the value than we do.
 */
export async function transferFailure(http: Http, response: Response, id: string, bytes = 0): Promise<DiscomfortError> {
  const { status } = response
  const reason = await reasonOf(response)
  const at = `ComfyUI at ${http.base}`
  if (status === 404)
    return new DiscomfortError('VALUE_GONE', `The value ${id} is not on ${at} any more: ${reason} Run it again.`, {
      details: { id },
    })
  if (status === 416 || status === 422)
    return new DiscomfortError('VALUE_CORRUPT', `The value ${id} was damaged on its way: ${at} says: ${reason}`, {
      details: { id, reason },
    })
  if (status === 507)
    return new DiscomfortError('STORE_FULL', `No room on ${at} for the value ${id}: ${reason}`, {
      details: { needed: bytes },
    })
  if (status === 409 || status === 408 || status === 429 || status >= 500)
    return unreachable(http, new Error(`HTTP ${status} ${reason}`))
  const hint = status === 413 ? ' What stands before it has to let 8 MiB through (nginx: client_max_body_size).' : ''
  return new DiscomfortError('SERVER_INCOMPATIBLE', `${at} refuses the value ${id}: HTTP ${status} ${reason}${hint}`, {
    details: { url: http.base, reason: `HTTP ${status} ${reason}` },
  })
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '')
  try {
    return String((JSON.parse(text) as { error: { message: unknown } }).error.message)
  } catch {
    return text.slice(0, 200)
  }
}
