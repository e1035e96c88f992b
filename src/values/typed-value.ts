/**
 * How a class says that it stands for a value of a ComfyUI type (Image, Mask, Latent).
 * A symbol, so that `values` need not know the classes above it and two copies of this package agree.
 */
export const typedValue: unique symbol = Symbol.for('discomfort.typedValue') as never

/** What an object with {@link typedValue} stands for: a ComfyUI type and the plain value that is stored. */
export interface TypedValue {
  readonly [typedValue]: { readonly type: string; readonly value: unknown }
}

/** Whether `value` stands for a value of a ComfyUI type. */
export function isTypedValue(value: unknown): value is TypedValue {
  return typeof value === 'object' && value !== null && typedValue in value
}
