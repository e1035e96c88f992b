import { expect } from 'vitest'
import { DiscomfortError, type DiscomfortErrorCode, type ErrorDetails } from '../../src/errors.ts'

/** The error of this code that the work must fail with. */
export async function failure<Code extends DiscomfortErrorCode>(
  code: Code,
  work: PromiseLike<unknown> | (() => unknown),
): Promise<{ message: string; details: ErrorDetails[Code]; cause?: unknown }> {
  let error: unknown
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (reason) {
    error = reason
  }
  expect(error).toBeInstanceOf(DiscomfortError)
  expect(error).toMatchObject({ code })
  return error as DiscomfortError<Code>
}
