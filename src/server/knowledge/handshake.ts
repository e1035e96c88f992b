import { DiscomfortError } from '../../errors.ts'
import { handshakeSchema, protocol, versionsSchema, type Handshake } from '../../schema/handshake.ts'
import { away, isAway } from '../http/away.ts'
import { request, type Http } from '../http/http.ts'

const updateLibrary = 'the pack in that ComfyUI is newer than this library: update the npm package discomfort'
const updatePack =
  'the pack in that ComfyUI is older than this library: update the pack (copy comfy-nodes/discomfort of this package over it) and restart that ComfyUI'

/**
 * What the pack says of itself and its server. Undefined where the server has no pack.
 * @throws {@link DiscomfortError} `SERVER_INCOMPATIBLE` that says which side to update, `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`
 */
export async function readHandshake(http: Http, signal?: AbortSignal): Promise<Handshake | undefined> {
  const response = await request(http, '/discomfort/handshake', { small: true, ...(signal ? { signal } : {}) })
  if (isAway(response)) throw away(http, response)
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) {
    const reason = packFailure(answer)
    if (reason === undefined) return undefined
    throw incompatible(http, `its pack cannot work: ${reason}`, `HTTP ${response.status}`)
  }
  const versions = versionsSchema.safeParse(answer)
  // Some other thing that answers everything.
  if (!versions.success) return undefined
  const found = `protocol ${versions.data.protocolMin} to ${versions.data.protocol}`
  if (versions.data.protocolMin > protocol.current) throw incompatible(http, updateLibrary, found)
  if (versions.data.protocol < protocol.oldest) throw incompatible(http, updatePack, found)
  const parsed = handshakeSchema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw incompatible(http, `the answer of its pack is damaged (${issue?.path.join('.')}: ${issue?.message})`, found)
}

/** What the pack says where it failed; undefined where somebody else answers. */
function packFailure(answer: unknown): string | undefined {
  const error = (answer as { error?: { type?: unknown; message?: unknown; details?: unknown } } | undefined)?.error
  if (typeof error?.type !== 'string' || !error.type.startsWith('discomfort_')) return undefined
  return [error.message, error.details].filter((part) => typeof part === 'string' && part !== '').join(' ')
}

function incompatible(http: Http, reason: string, found: string): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  const needed = `protocol ${protocol.oldest} to ${protocol.current}`
  return new DiscomfortError('SERVER_INCOMPATIBLE', `ComfyUI at ${http.base} does not fit: ${reason}.`, {
    details: { url: http.base, reason, found, needed },
  })
}
