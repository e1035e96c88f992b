import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { Handshake } from '../../schema/handshake.ts'
import type { StayingRecord } from '../../schema/staying-server.ts'
import { isCertainlyAlive, isDead, ownOwner } from '../../process-owner.ts'
import { readHandshake } from '../knowledge/handshake.ts'
import { createHttp, type Http } from '../http/http.ts'

/** What the server of a state file answers. */
export type ServerAnswer =
  | { readonly kind: 'answers'; readonly http: Http; readonly handshake: Handshake }
  /** It does not run any more. */
  | { readonly kind: 'gone' }
  /** It may run, and does not answer as it should. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** It was started on another machine, or in another container, with the same home. */
  | { readonly kind: 'elsewhere' }

interface Asking {
  /** May bring the token that the server wants, as the option `env` does. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** How long it may take, in milliseconds. */
  readonly patience?: number
}

/** Asks the server of a state file whether it is the one that the file tells of. */
export async function askServer(record: StayingRecord, asking: Asking = {}): Promise<ServerAnswer> {
  const { server, address, nonce } = record
  if (server.place !== ownOwner().place) return { kind: 'elsewhere' }
  if (isDead(server)) return { kind: 'gone' }
  const token = asking.env?.['DISCOMFORT_TOKEN'] ?? process.env['DISCOMFORT_TOKEN']
  const http = createHttp(address, { token })
  const patience = AbortSignal.timeout(asking.patience ?? 10_000)
  try {
    const signal = asking.signal ? AbortSignal.any([asking.signal, patience]) : patience
    const handshake = await readHandshake(http, signal)
    if (handshake?.nonce === nonce) return { kind: 'answers', http, handshake }
    return isCertainlyAlive(server) ? { kind: 'silent', reason: 'another server answers there' } : { kind: 'gone' }
  } catch (error) {
    asking.signal?.throwIfAborted()
    const isRefused = isDiscomfortError(error, 'SERVER_UNREACHABLE') && error.details.reason === 'ECONNREFUSED'
    // What listened once listens as long as it lives; where the system tells no times, its id may be another's by now.
    if (isDead(server) || (record.state === 'ready' && isRefused && !isCertainlyAlive(server))) return { kind: 'gone' }
    return { kind: 'silent', reason: error === patience.reason ? 'it takes too long' : (error as Error).message }
  }
}

/** The error for a server of `discomfort up` that runs and does not answer. */
export function silentServer(
  { address, server }: StayingRecord,
  reason: string,
): DiscomfortError<'SERVER_UNREACHABLE'> {
  return new DiscomfortError(
    'SERVER_UNREACHABLE',
    `The ComfyUI of \`discomfort up\` at ${address} (pid ${server.pid}) runs and does not answer: ${reason}. Stop it with \`discomfort down ${server.pid}\`, or ask for a server of your own with exclusive: true.`,
    { details: { url: address, reason } },
  )
}
