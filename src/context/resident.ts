import { DiscomfortError } from '../errors.ts'
import type { Receipt } from '../schema/receipt.ts'
import type { StoredValue } from './stored-value.ts'

/**
 * A value that stayed alive in the server (`passBy: 'resident'`): the thing itself, a model with its patches or a latent
 * on the GPU, is what an INPUT port gets that takes it, in this run or a later one. Its bytes cannot be read here. It
 * lives as long as its key and its context, and no longer than the server: then it is `VALUE_GONE`.
 *
 * A node that changes its input in place changes a resident value for all that use it.
 *
 * @example
 * const { latent } = await discomfort.run('sample.json', { context, passBy: { latent: 'resident' } })
 * console.log(latent.type, latent.shape)               // LATENT [1, 4, 64, 64]
 * await discomfort.run('decode.json', { context })     // its INPUT port "latent" gets it
 */
export class Resident {
  /** @internal */
  readonly stored: StoredValue

  /** @internal */
  constructor(stored: StoredValue) {
    this.stored = stored
  }

  /** The ComfyUI type: `'LATENT'`. */
  get type(): string {
    return this.stored.receipt.type
  }

  /** Whether it is a ComfyUI list. */
  get list(): boolean {
    return this.stored.receipt.list
  }

  /** Data type of the tensor, if the value is one (for a LATENT: of its samples). */
  get dtype(): string | null {
    return this.stored.receipt.dtype
  }

  /** Shape of that tensor. */
  get shape(): readonly number[] | null {
    return this.stored.receipt.shape
  }

  /** What it is, for logs: plain JSON. */
  toJSON(): { resident: string; list: boolean; dtype: string | null; shape: readonly number[] | null } {
    const { type, list, dtype, shape } = this
    return { resident: type, list, dtype, shape }
  }
}

/** The error for a value that lives in the server where data is wanted. */
export function valueIsResident(
  key: string,
  wanted: string,
  { type }: Pick<Receipt, 'type'>,
): DiscomfortError<'VALUE_IS_REFERENCE'> {
  return new DiscomfortError(
    'VALUE_IS_REFERENCE',
    `"${key}" is a ${type} that stays alive in the server (passBy: 'resident'): there is no ${wanted}. Pass it on to a workflow that takes it, or run the workflow that makes it with passBy: 'val'.`,
    { details: { key, type } },
  )
}
