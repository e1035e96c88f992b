import { DiscomfortError } from '../errors.ts'
import { handshakeSchema, protocol, type Handshake } from '../schema/handshake.ts'
import { request, type Http } from './http.ts'

/**
 * What the pack says of itself and its server. Undefined where the server has no pack.
 * @throws {@link DiscomfortError} `SERVER_INCOMPATIBLE` that says which side to update, `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`
 */
export async function readHandshake(http: Http, signal?: AbortSignal): Promise<Handshake | undefined> {
  const response = await request(http, '/discomfort/handshake', { small: true, ...(signal ? { signal } : {}) })
  if (!response.ok) {
    await response.body?.cancel()
    return undefined
  }
  const parsed = handshakeSchema.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) return undefined
  const found = parsed.data
  if (found.protocolMin > protocol.current)
    throw incompatible(
      http,
      found,
      'the pack in that ComfyUI is newer than this library: update the npm package discomfort',
    )
  if (found.protocol < protocol.oldest)
    throw incompatible(http, found, 'the pack in that ComfyUI is older than this library: update the pack')
  return found
}

function incompatible(http: Http, found: Handshake, reason: string): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  return new DiscomfortError('SERVER_INCOMPATIBLE', `ComfyUI at ${http.base} does not fit: ${reason}.`, {
    details: {
      url: http.base,
      reason,
      found: `protocol ${found.protocolMin} to ${found.protocol}`,
      needed: `protocol ${protocol.oldest} to ${protocol.current}`,
    },
  })
}
