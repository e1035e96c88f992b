import { DiscomfortError, isDiscomfortError, type DiscomfortErrorCode } from '../errors.ts'
import { checkKeys } from '../schema/check-keys.ts'

/** What is sent again when it failed. */
export type Retries =
  | number
  | {
      /** How often a workflow is sent again. */
      readonly times: number
      /** What else counts besides a lost server, such as `'NODE_FAILED'` where a node fails by chance. */
      readonly on?: readonly DiscomfortErrorCode[] | undefined
    }

/** Codes that speak of the server and not of the workflow. */
const lost: readonly DiscomfortErrorCode[] = ['SERVER_CRASHED', 'SERVER_UNREACHABLE']
/** What would be the same again, or must not happen twice. */
const never: readonly DiscomfortErrorCode[] = ['ABORTED', 'TIMEOUT', 'CLOSED', 'SUBMIT_UNKNOWN']

/** Whether a failed attempt (from 1) is followed by another one. */
export type RetryPolicy = (error: unknown, attempt: number) => error is DiscomfortError

/** @throws {@link DiscomfortError} `CONFIG_INVALID` */
export function retryPolicy(retries: Retries = 0): RetryPolicy {
  const { times, on = [] } = typeof retries === 'number' ? { times: retries } : checked(retries)
  if (!Number.isInteger(times) || times < 0)
    throw invalid('retries', `it is ${times}; it takes how often a workflow may be sent again, 0 or more`)
  for (const code of on) if (never.includes(code)) throw invalid('retries.on', `${code} is never tried again`)
  const codes = new Set([...lost, ...on])
  return (error, attempt): error is DiscomfortError =>
    attempt <= times && isDiscomfortError(error) && codes.has(error.code)
}

/** Whether an error says that the server is gone, so that the next attempt has to wait for it. */
export function isServerLost(error: DiscomfortError): boolean {
  return lost.includes(error.code)
}

function checked<Given extends object>(retries: Given): Given {
  checkKeys(retries, ['times', 'on'], 'retries')
  return retries
}

function invalid(key: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError('CONFIG_INVALID', `run: ${key} does not fit: ${reason}.`, { details: { key, reason } })
}
