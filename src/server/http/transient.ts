import { reasonOf } from './unreachable.ts'

/** An answer that belongs to another request: something on the way sent one twice. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer'
}

/** Of a connection that broke or was not made in time. */
const broken = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'other side closed',
  'terminated',
])

/** Where nobody ever answered the address is wrong; else a server, or the network, may be on its way back. */
const absent = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'])

/** Whether a request that failed so may well succeed when it is made again. */
export function isTransient(error: unknown, hasAnswered: boolean): boolean {
  if (error instanceof ForeignAnswer || (error as Error).name === 'TimeoutError') return true
  const reason = reasonOf(error)
  return broken.has(reason) || (hasAnswered && (absent.has(reason) || reason.startsWith('HPE_')))
}
